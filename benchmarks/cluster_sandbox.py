"""A place of its own for a test of several machines: whatever is made in it is gone with us.

Namespaces of the kernel for network, processes and mounts. When the process that asked for it
ends, also by SIGKILL, the kernel ends every process in there, and with the last one the network,
its bridge and the mounts. Nothing is left to be cleaned up, and nothing in there sees another
network.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aivj.keeper import ended_with_us

_TRY_TIMEOUT_S = 10
_PROGRAMS = ("unshare", "setpriv", "ip", "mount")
# Everything that the test writes: it is memory, and counts as such.
_FOLDER_SIZE = "4g"

# $1 is the folder, the rest the command. The shell stays: as the sandbox's first process it takes
# in whoever loses his parent.
_INSIDE = f"""
set -eu
mount --make-rprivate /
mount -t tmpfs -o size={_FOLDER_SIZE} tmpfs "$1"
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip link set lo up
shift
"$@" || exit $?
"""


def reason_against() -> str | None:
    """Returns why there can be no sandbox here; None if there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)}: not found"
    tried = subprocess.run(
        [*_unshare(), "ip", "link", "add", "aivj-try", "type", "bridge"],
        capture_output=True,
        text=True,
        timeout=_TRY_TIMEOUT_S,
        check=False,
    )
    return tried.stderr.strip() or "no bridge in a namespace" if tried.returncode else None


def run_inside(command: Sequence[str]) -> int:
    """Runs `command` in a sandbox; its last argument is the sandbox's folder, its TMPDIR, too.

    Returns:
        Its exit code; the negative number of the signal that ended it.
    """
    folder = Path(tempfile.mkdtemp(prefix="ac-"))
    try:
        child = subprocess.Popen(
            [*_unshare(), "bash", "-c", _INSIDE, "bash", folder, *command, folder],
            env={**os.environ, "TMPDIR": str(folder)},
        )
        with ended_with_us(child.pid, folder=folder):
            try:
                return child.wait()
            finally:
                child.kill()
                child.wait()
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _unshare() -> tuple[str, ...]:
    """Returns the command that ends with us, and all in it with that."""
    return (
        *("setpriv", "--pdeathsig", signal.SIGKILL.name.removeprefix("SIG"), "unshare"),
        *("--net", "--pid", "--mount", "--ipc", "--uts", "--fork", "--mount-proc"),
        "--kill-child=SIGKILL",
    )
