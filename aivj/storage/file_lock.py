"""A lock on a file, which the kernel drops when its holder dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from aivj.errors import StorageError
from aivj.storage.files import storage_errors

_POLL_S = 0.01


@contextlib.contextmanager
def file_lock(
    path: Path, *, timeout_s: float, remedy: str = "end that process, then try again"
) -> Iterator[None]:
    """Holds the lock at `path` for the length of the block.

    `flock` belongs to this opening of the file, so that threads of one process wait as well. What
    stands in the file is its holder's process id, to be told to those who wait.

    Args:
        path: The file; it stays.
        timeout_s: How long to wait for another holder.
        remedy: What to tell those who waited in vain.

    Raises:
        StorageError: The file cannot be made, or another holds the lock for `timeout_s`.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    with file:
        deadline_s = time.monotonic() + timeout_s
        while not _taken(file.fileno()):
            if time.monotonic() > deadline_s:
                raise StorageError(
                    f"the lock {path} to come free within {timeout_s:g} s",
                    f"another process that holds on to it{_holder(path)}",
                    remedy,
                )
            time.sleep(_POLL_S)
        with storage_errors(path):
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
            file.flush()
        yield


def _holder(path: Path) -> str:
    """Returns the process id that stands in the file, in words; empty if none does."""
    try:
        pid = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
    return f": process {pid}" if pid.isdigit() else ""


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
