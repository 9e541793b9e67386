"""A lock on a file, which the kernel drops when its holder dies."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from aivj.errors import StorageError
from aivj.storage import storage_errors

_POLL_S = 0.01


@contextlib.contextmanager
def file_lock(path: Path, *, timeout_s: float) -> Iterator[None]:
    """Holds the lock at `path` for the length of the block.

    `flock` belongs to this opening of the file, so that threads of one process wait as well.

    Raises:
        StorageError: The file cannot be made, or another holds the lock for `timeout_s`.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    with file:
        deadline_s = time.monotonic() + timeout_s
        while not _taken(file.fileno()):
            if time.monotonic() > deadline_s:
                raise StorageError(
                    f"the lock {path} to come free within {timeout_s:g} s",
                    "another process that holds on to it",
                    "end the process that `fuser` or `lsof` shows for it, then try again",
                )
            time.sleep(_POLL_S)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
