"""A folder for temporary files that sockets may lie in, whatever `TMPDIR` says.

Chromium and Ray put sockets below it, and the path of a socket has 107 bytes at most; Playwright's
driver does not look whether it can write there. What a command and its browsers put there goes with
the command; of one that was killed, `aivj cleanup` finds it.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aivj.started import own_folder

MAX_PATH_BYTES = 24
"""Longest folder that leaves room for the names of sockets below it."""

_OWN_BYTES = len("/aivj-") + 8
_SHORT = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - used as `tempfile` uses them


@contextlib.contextmanager
def temporary_files() -> Iterator[None]:
    """Keeps a folder for all temporary files of this process and what it starts, for the block.

    Where that cannot be, or its path were too long, they lie beside those of others.
    """
    settle_temporary_files()
    with contextlib.ExitStack() as own:
        try:
            place = tempfile.gettempdir()
            if len(os.fsencode(place)) + _OWN_BYTES <= MAX_PATH_BYTES:
                folder = str(own.enter_context(own_folder()))
                own.callback(_use, os.environ.get("TMPDIR"))
                _use(folder)
        except OSError:
            pass
        yield


def _use(folder: str | None) -> None:
    """Has temporary files lie there, or where they would by themselves."""
    if folder is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = folder
    tempfile.tempdir = None


def settle_temporary_files() -> None:
    """Makes `TMPDIR` a folder that is short and can be written, if it names another one."""
    wanted = os.environ.get("TMPDIR")
    if wanted is None or _is_usable(wanted):
        return
    short = next((folder for folder in _SHORT if _is_usable(folder)), None)
    if short is None:
        return
    _use(short)


def _is_usable(folder: str) -> bool:
    if len(os.fsencode(folder)) > MAX_PATH_BYTES or not Path(folder).is_absolute():
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
