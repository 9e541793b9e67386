"""The client of a job server, against a server that answers as Ray's does at its worst.

What a real one says to real jobs stands in `tests/ray_jobs`.
"""

import http.server
import json
import threading
import time
from types import SimpleNamespace

import pytest
import ray

from aivj.errors import InputError, RunError
from aivj.fleet import jobs
from aivj.fleet.jobs import STOPPED_CODE, JobOrder, JobServer

TOO_LARGE = (
    "Traceback (most recent call last):\n  File ...\nValueError: Package size (513.00MiB) exceeds "
    "the maximum size of 512.00MiB. To exclude large files, add them"
)


@pytest.fixture(autouse=True)
def _on_ray():
    """None is needed here."""


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers as its server was told to."""

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        self.server.headers.append(dict(self.headers))
        code, body = self.server.replies.get(self.path, self.server.replies["*"])
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - names of the library

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def server():
    """A server whose `replies` are by path."""
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    listening.headers = []
    listening.replies = {
        "/api/version": (200, {"version": "4", "ray_version": ray.__version__}),
        "*": (404, b"no such page"),
    }
    listening.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield listening
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.mark.parametrize(
    "address",
    ["", "http://", "ftp://host:8265", "ray://host:10001", "two words", "http:// x", "%00"],
)
def test_what_is_no_address_of_http_is_refused(address):
    with pytest.raises(InputError, match="http://HEAD:8265"):
        JobServer(address)


def test_a_server_that_is_away_is_told_with_its_address():
    with pytest.raises(RunError, match=r"http://127\.0\.0\.1:1; found ConnectionRefusedError"):
        JobServer("127.0.0.1:1")


@pytest.mark.parametrize(
    ("reply", "error", "found"),
    [
        ((401, b"Unauthorized: Missing authentication token"), InputError, "none (401)"),
        ((403, b"Forbidden: Invalid authentication token"), InputError, "another one (403)"),
        ((404, b""), RunError, "something that answers with 404"),
        ((502, b"<html>"), RunError, "something that answers with 502"),
        ((200, b"<html>"), RunError, "JSONDecodeError"),
        ((200, {"version": "4"}), RunError, "KeyError"),
        ((200, {"ray_version": "2.9.3"}), InputError, "Ray 2.9.3"),
    ],
    ids=["no token", "wrong token", "no Ray", "proxy", "page", "other JSON", "older Ray"],
)
def test_a_server_that_will_not_do_is_told(server, reply, error, found):
    server.replies["/api/version"] = reply
    with pytest.raises(error) as refused:
        JobServer(server.url, "a token")
    assert found in refused.value.found
    assert server.url in f"{refused.value.expected} {refused.value.found}"


def test_the_option_wins_over_the_variable_that_ray_would_follow(server, monkeypatch):
    monkeypatch.setenv("RAY_API_SERVER_ADDRESS", "http://127.0.0.1:1")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "another token")
    JobServer(server.url, "a token")
    assert {told["Authorization"] for told in server.headers} == {"Bearer a token"}


@pytest.fixture
def connected(server):
    server.replies["*"] = (404, b"Job x does not exist")
    return JobServer(server.url)


# Ray's client asks aiohttp so.
@pytest.mark.filterwarnings("ignore:ssl=None is deprecated:DeprecationWarning")
def test_a_job_that_is_not_there_is_told(connected):
    for ask in (connected.job, connected.stop, lambda name: connected.follow(name, print)):
        with pytest.raises(InputError, match="none called 'x'"):
            ask("x")


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        (413, "Maximum request body size 104857600 exceeded.", "body size 104857600 exceeded"),
        (500, TOO_LARGE, "Package size (513.00MiB) exceeds the maximum size"),
    ],
    ids=["for the dashboard", "for the store"],
)
def test_what_is_too_large_is_told_with_its_size(server, connected, tmp_path, code, text, found):
    (tmp_path / "file").write_bytes(b"x")
    server.replies["*"] = (code, text.encode())
    with pytest.raises(InputError) as refused:
        connected.submit(JobOrder("true", tmp_path))
    assert found in refused.value.found
    assert "100 MiB" in refused.value.expected


def test_what_the_server_complains_of_is_told(server, connected):
    server.replies["*"] = (500, b"Traceback:\nValueError: no such resource")
    with pytest.raises(RunError, match="no such resource"):
        connected.submit(JobOrder("true", None))


class Client:
    """A job that says its lines over connections that break."""

    def __init__(self, connections, codes):
        self.connections = list(connections)
        self.codes = list(codes)

    async def tail_job_logs(self, _job_id):
        for text in self.connections.pop(0):
            if isinstance(text, Exception):
                raise text
            yield text

    def get_job_info(self, job_id):
        status, code = self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]
        return SimpleNamespace(
            status=SimpleNamespace(value=status),
            submission_id=job_id,
            job_id=None,
            driver_exit_code=code,
            entrypoint="true",
            start_time=1_700_000_000_000,
            end_time=None,
            message="told",
        )


@pytest.fixture
def followed(server, monkeypatch):
    """Follows a job that does as it is told; returns how it ended, and what was written."""
    monkeypatch.setattr(jobs, "_AGAIN_S", 0.0)

    def follow(connections, codes):
        connected = JobServer(server.url)
        connected._client = Client(connections, codes)
        written = []
        return connected.follow("job", written.append), "".join(written)

    return follow


RUNNING, DONE = ("RUNNING", None), ("SUCCEEDED", 0)


def test_a_connection_that_breaks_is_made_anew_and_nothing_is_written_twice(followed):
    broken = ConnectionResetError("reset")
    job, written = followed(
        [["one\n", "two\n", broken], ["one\n", broken], ["one\ntwo\nthr", "ee\n"]],
        [RUNNING, RUNNING, DONE],
    )
    assert written == "one\ntwo\nthree\n"
    assert job.exit_code == 0


def test_a_job_that_ended_while_nobody_listened_is_heard_to_its_end(followed):
    job, written = followed([["one\n", OSError("gone")], ["one\ntwo\n"]], [DONE])
    assert written == "one\ntwo\n"
    assert job.has_ended


def test_of_a_job_whose_node_is_gone_no_more_is_waited_for(followed):
    gone = [[OSError("no route")]] * 5
    job, written = followed(gone, [("FAILED", None)])
    assert (written, job.exit_code, job.message) == ("", None, "told")


def test_a_server_that_stays_away_ends_it(followed, monkeypatch):
    monkeypatch.setattr(jobs, "_AWAY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(jobs, "_AGAIN_S", 0.01)

    def away(*_):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(Client, "get_job_info", away)
    started = time.monotonic()
    with pytest.raises(RunError, match="no route to host"):
        followed([[]] * 1000, [DONE])
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize(
    ("status", "driver_code", "exit_code"),
    [
        ("SUCCEEDED", 0, 0),
        ("FAILED", 7, 7),
        ("FAILED", -9, 137),
        ("FAILED", None, None),
        ("STOPPED", None, STOPPED_CODE),
        ("RUNNING", None, None),
        ("PENDING", None, None),
    ],
)
def test_the_exit_code_is_that_of_the_command(status, driver_code, exit_code):
    details = Client([], [(status, driver_code)]).get_job_info("job")
    assert jobs._told(details).exit_code == exit_code
