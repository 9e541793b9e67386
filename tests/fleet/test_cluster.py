"""A cluster that does not start at once; that it starts at all is what all others here show."""

import contextlib
import socket
import subprocess
import threading

import psutil
import pytest
import ray

from aivj.errors import RunError
from aivj.fleet.cluster import cluster

TOO_LONG = "The current node timed out during startup. This could happen because"


@pytest.fixture
def starts(monkeypatch):
    """Ends of `ray.init` to come, the last first; what it started and forgot stands in `left`."""

    class Starts(list):
        left = ()

        def init(self, *, _temp_dir, **_):
            error = self.pop()
            if error is not None:
                command = ["sh", "-c", "sleep 600", _temp_dir]
                self.left = (*self.left, psutil.Process(subprocess.Popen(command).pid))
                raise error

    starts = Starts()
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    monkeypatch.setattr(ray, "init", starts.init)
    return starts


def test_a_node_that_is_late_is_started_again(starts):
    starts += [None, Exception(TOO_LONG), Exception(TOO_LONG)]

    with cluster(num_cpus=1):
        assert not any(process.is_running() for process in starts.left)

    assert (len(starts), len(starts.left)) == (0, 2)


def test_one_that_is_always_late_is_given_up_in_words(starts):
    starts += [Exception(f"{TOO_LONG}\nmore")] * 4

    with pytest.raises(RunError, match="less to do besides") as caught, cluster(num_cpus=1):
        pass

    assert caught.value.found == TOO_LONG
    assert len(starts) == 1


def test_what_another_try_would_not_mend_is_told_at_once(starts):
    starts += [None, ValueError("no such option")]

    with pytest.raises(RunError, match="no such option"), cluster(num_cpus=1):
        pass

    assert len(starts) == 1


@pytest.fixture
def server():
    """Listens, and answers whoever says something with a line of HTTP/1."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(64)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.usefixtures("starts")
def test_a_server_that_is_no_head_is_told_at_once(server):
    with (
        pytest.raises(RunError, match="another kind") as refused,
        cluster(num_cpus=1, address=server),
    ):
        pass
    assert "dashboard" in refused.value.remedy


@pytest.mark.usefixtures("starts")
def test_an_address_where_nobody_is_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(RunError, match="nobody there"), cluster(num_cpus=1, address=address):
        pass


@pytest.mark.parametrize(
    ("said", "found", "remedy"),
    [
        ("RPC error: InvalidAuthToken: missing", "its own token", "RAY_AUTH_TOKEN"),
        ("Version mismatch: The cluster:\n  Ray: 2.60.0\n", "Ray: 2.60.0", "the head's Ray"),
        ("Could not find any running Ray instance.\nmore", "running Ray instance.", "head runs"),
    ],
)
@pytest.mark.usefixtures("starts")
def test_a_cluster_that_cannot_be_joined_says_why(monkeypatch, said, found, remedy):
    def init(**_):
        raise ConnectionError("Failed to connect") from RuntimeError(said)

    def init_plainly(**_):
        raise RuntimeError(said)

    monkeypatch.setattr(ray, "init", init if "Auth" in said else init_plainly)
    with pytest.raises(RunError) as refused, cluster(num_cpus=1, address="auto"):
        pass
    assert found in refused.value.found
    assert remedy in refused.value.remedy
    assert "\n" not in refused.value.found
