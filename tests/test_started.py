"""What was started and lost is found and ended, and nothing else is."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from aivj.started import Process, lost, lost_folders, on_record, own_folder

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


FOLDER_OWNER = """
import sys
from aivj.started import own_folder
with own_folder() as folder:
    (folder / "file").write_text("left")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_folder_goes_with_its_owner_or_is_found(records, is_killed):
    owner = subprocess.Popen(
        [sys.executable, "-c", FOLDER_OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    folder = Path(owner.stdout.readline().strip())
    assert folder.parent == records.parent
    assert lost_folders() == []
    if is_killed:
        owner.kill()
    owner.communicate("")
    assert folder.exists() is is_killed
    assert [each.path for each in lost_folders()] == ([folder] if is_killed else [])
    assert all(each.remove() for each in lost_folders())
    assert not folder.exists()
    assert list(records.iterdir()) == []


@pytest.mark.parametrize("named", ["/", "elsewhere", "link"])
def test_a_record_that_names_what_is_not_ours_removes_nothing(records, tmp_path, named):
    records.mkdir()
    place = tmp_path / "elsewhere"
    place.mkdir()
    path = {"/": "/", "elsewhere": str(place), "link": str(tmp_path / "aivj-link")}[named]
    (tmp_path / "aivj-link").symlink_to(place)
    owner = {"pid": 1, "ticks": -1}
    record = records / ("aivj-link.json" if named == "link" else "aivj-x.json")
    record.write_text(json.dumps({"folder": path, "owner": owner, "boot": "another"}))
    assert lost_folders() == []
    assert place.exists()


def test_records_lie_beside_folders_of_temporary_files(records, monkeypatch):
    with own_folder() as folder:
        inner = folder / "aivj-ray-x"
        inner.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(inner))
        with on_record("server", os.getpid()):
            assert len(list(records.glob("[0-9]*.json"))) == 1
