"""Ends what this process started, also when it is killed itself and cannot."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from aivj.started import on_record

# Holds our pipe: when it closes, we are gone.
_KEEPER = """
folder=$1; shift
cat >/dev/null
kill -9 "$@"
if [ -n "$folder" ]; then sleep 1; rm -rf "$folder"; fi
"""


@contextlib.contextmanager
def ended_with_us(*pids: int, kind: str = "process", folder: Path | None = None) -> Iterator[None]:
    """Kills processes, and removes `folder`, if this process dies in the block.

    At the block's end nothing is done: who started them ends them, after it.

    Args:
        pids: Process ids; a negative one is a process group's.
        kind: What they are, for the record of what was started.
        folder: What they leave behind.
    """
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "keeper", str(folder or ""), *map(str, pids)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with on_record(kind, *pids):
            yield
    finally:
        # While they live, so that no number is killed that belongs to somebody else by then.
        keeper.kill()
        keeper.communicate()
