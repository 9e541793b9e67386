"""Processes that were started here, with their commands.

Others come and go meanwhile, and some that have ended nobody has waited for: Ray does not wait for
its own. Those have no command, and are left out.
"""

import contextlib
from collections.abc import Iterator

import psutil


def descendants(of: int | None = None) -> Iterator[tuple[psutil.Process, str]]:
    """Yields the living descendants of a process, this one unless told otherwise.

    Each comes with its command on one line: a process that renames itself joins its arguments with
    spaces.
    """
    for process in psutil.Process(of).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            yield process, " ".join(process.cmdline())
