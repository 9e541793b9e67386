import errno
import os
import stat
import subprocess
import sys

import pytest

from aivj.errors import StorageError
from aivj.storage import file_bucket
from aivj.storage.file_bucket import FileBucket
from aivj.storage.file_lock import file_lock

COUNTER = """
import os
import sys
from pathlib import Path
from aivj.errors import LostRaceError
from aivj.storage.file_bucket import FileBucket
bucket, left = FileBucket(Path(sys.argv[1])), 20
while left:
    data, etag = bucket.get("counter") or (b"0", None)
    number = int(data.split()[0]) + 1
    try:
        # Who wrote it stands in it: what is there already counts as written.
        bucket.swap("counter", b"%d %d" % (number, os.getpid()), etag)
    except LostRaceError:
        continue
    left -= 1
"""


def test_nothing_is_lost_between_processes(tmp_path):
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert FileBucket(tmp_path).get("counter")[0].split()[0] == b"80"


def test_a_swap_does_not_wait_for_its_turn_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(file_bucket, "_LOCK_TIMEOUT_S", 0.1)
    bucket = FileBucket(tmp_path)
    with (
        file_lock(tmp_path / ".lock", timeout_s=1),
        pytest.raises(StorageError, match="come free"),
    ):
        bucket.swap("k", b"x", None)
    bucket.swap("k", b"x", None)
    assert bucket.get("k")[0] == b"x"


@pytest.mark.parametrize("write", ["put_new", "swap"])
def test_a_full_disk_leaves_everything_as_it_was(tmp_path, monkeypatch, write):
    bucket = FileBucket(tmp_path)
    etag = bucket.swap("presets/old", b"old", None)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    writes = {
        "put_new": lambda: bucket.put_new("presets/new", b"new"),
        "swap": lambda: bucket.swap("presets/old", b"new", etag),
    }
    with pytest.raises(StorageError, match=r"No space left.*free space"):
        writes[write]()
    assert sorted(path.name for path in (tmp_path / "presets").iterdir()) == ["old"]
    assert bucket.get("presets/old") == (b"old", etag)


@pytest.mark.parametrize("key", ["created", "swapped"])
def test_a_web_server_may_read_what_is_published(tmp_path, key):
    bucket = FileBucket(tmp_path)
    if key == "created":
        bucket.put_new(key, b"x")
    else:
        bucket.swap(key, b"x", None)
    assert stat.S_IMODE((tmp_path / key).stat().st_mode) == 0o644


def test_a_folder_in_place_of_an_object_is_an_error(tmp_path):
    (tmp_path / "k").mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        FileBucket(tmp_path).get("k")
    with pytest.raises(StorageError):
        FileBucket(tmp_path).swap("k", b"x", None)
    with pytest.raises(StorageError):
        FileBucket(tmp_path).put_new("k", b"x")


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    bucket = FileBucket(tmp_path / "file")
    with pytest.raises(StorageError):
        bucket.put_new("k", b"x")
    with pytest.raises(StorageError):
        bucket.swap("k", b"x", None)
