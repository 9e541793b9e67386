"""What was started and lost is found and ended, and nothing else is."""

import json
import os
import subprocess
import sys
import tempfile

import pytest

from aivj.started import Process, lost, on_record

OWNER = """
import subprocess, sys
from aivj.started import on_record
child = subprocess.Popen(["/bin/sleep", "600"], stdout=subprocess.DEVNULL)
with on_record("server", child.pid):
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path / f"aivj-started-{os.getuid()}"


@pytest.fixture
def owned(records):  # noqa: ARG001 - where records lie
    """A process that started another one, and that one."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child = Process.of(int(owner.stdout.readline()))
    yield owner, child
    owner.kill()
    owner.communicate()
    child.end()


def test_what_a_killed_owner_leaves_is_lost_and_ends(owned, records):
    owner, child = owned
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    try:
        assert lost() == []
        owner.kill()
        owner.communicate()
        [found] = lost()
        assert (found.kind, found.process, found.command) == ("server", child, "/bin/sleep 600")
        assert found.process.end() is True
        assert not child.is_alive
        assert lost() == []
        assert list(records.iterdir()) == []
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.communicate()


def test_an_owner_that_ends_in_order_leaves_no_record(owned, records):
    owner, _ = owned
    assert len(list(records.iterdir())) == 1
    owner.communicate("")
    assert list(records.iterdir()) == []


@pytest.mark.parametrize("change", ["ticks", "boot", "garbage"])
def test_a_process_that_only_has_the_id_is_nobody_s(owned, records, change):
    owner, child = owned
    [path] = records.iterdir()
    owner.kill()
    owner.communicate()
    told = json.loads(path.read_text())
    if change == "ticks":
        told["process"]["ticks"] += 1
    elif change == "boot":
        told["boot"] = "another"
    path.write_text("{" if change == "garbage" else json.dumps(told))
    assert lost() == []
    assert child.is_alive
    assert not path.exists()


def test_another_process_with_the_id_is_not_ended(owned):
    _, child = owned
    other = Process(child.pid, child.ticks + 1)
    assert other.end(timeout_s=0.1) is True
    assert child.is_alive


def test_where_nothing_can_be_recorded_it_goes_on_without(records, tmp_path):
    records.symlink_to(tmp_path)
    with on_record("server", os.getpid()):
        assert lost() == []
    assert list(tmp_path.glob("*.json")) == []
