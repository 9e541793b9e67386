import subprocess
import sys
import threading
import time

import pytest

from aivj.errors import StorageError
from aivj.storage.file_lock import file_lock

HOLDER = """
import sys, time
from pathlib import Path
from aivj.storage.file_lock import file_lock
with file_lock(Path(sys.argv[1]), timeout_s=1):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_not_waited_for_without_end_and_dies_with_its_holder(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        started_s = time.monotonic()
        with pytest.raises(StorageError, match="another process that holds on to it"):
            take(path, timeout_s=0.2)
        assert time.monotonic() - started_s >= 0.2
        holder.kill()
    take(path, timeout_s=5)


def take(path, *, timeout_s):
    with file_lock(path, timeout_s=timeout_s):
        pass


def test_threads_wait_for_each_other(tmp_path):
    inside, most = 0, 0
    seen = threading.Lock()

    def work():
        nonlocal inside, most
        with file_lock(tmp_path / "lock", timeout_s=30):
            with seen:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with seen:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_a_lock_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        take(tmp_path / "file" / "lock", timeout_s=1)
