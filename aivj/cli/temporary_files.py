"""A folder for temporary files that sockets may lie in, whatever `TMPDIR` says.

Chromium and Ray put sockets below it, and the path of a socket has 107 bytes at most; Playwright's
driver does not look whether it can write there.
"""

import os
import tempfile
from pathlib import Path

MAX_PATH_BYTES = 24
"""Longest folder that leaves room for the names of sockets below it."""

_SHORT = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - used as `tempfile` uses them


def settle_temporary_files() -> None:
    """Makes `TMPDIR` a folder that is short and can be written, if it names another one."""
    wanted = os.environ.get("TMPDIR")
    if wanted is None or _is_usable(wanted):
        return
    short = next((folder for folder in _SHORT if _is_usable(folder)), None)
    if short is None:
        return
    os.environ["TMPDIR"] = short
    tempfile.tempdir = None


def _is_usable(folder: str) -> bool:
    if len(os.fsencode(folder)) > MAX_PATH_BYTES or not Path(folder).is_absolute():
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
