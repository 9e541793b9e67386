"""A cluster that does not start at once; that it starts at all is what all others here show."""

import subprocess

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
