"""What a program needs of this machine to start, and does not find: libraries, a sandbox."""

import re
import shutil
import subprocess
from pathlib import Path

from aivj.errors import MissingDependencyError

_TIMEOUT_S = 10
_NOT_FOUND = re.compile(r"^\s*(\S+) => not found$", re.MULTILINE)
# The first where a system forbids namespaces, the others where a container's seccomp profile does.
_NO_SANDBOX = (
    "No usable sandbox",
    "sandbox/linux/services/credentials",
    "Zygote process exited prematurely",
    "Failed to receive hello message from zygote",
)
_NAME = re.compile(r"(?P<stem>.+?)\.so(?:\.(?P<version>\d+).*)?")


def missing_libraries(program: Path) -> list[str]:
    """Returns the libraries that the loader does not find for a program, by file name.

    Empty as well where nothing can be told: no such program, no `ldd`, a script.
    """
    ldd = shutil.which("ldd")
    if ldd is None:
        return []
    try:
        done = subprocess.run(
            [ldd, program], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return sorted(set(_NOT_FOUND.findall(done.stdout)))


def debian_package(library: str) -> str:
    """Returns the package that Debian's policy names for a library: `libatomic.so.1`, `libatomic1`.

    The policy (section 8.1) has exceptions, so the name is a good guess and no more.
    """
    match = _NAME.fullmatch(library)
    if match is None:
        return library
    stem, version = match["stem"].lower().replace("_", "-"), match["version"] or ""
    return f"{stem}-{version}" if version and stem[-1].isdigit() else stem + version


def refuse_missing_libraries(program: Path, meaning: str) -> None:
    """Checks that a program that did not start has its libraries.

    Args:
        program: The program.
        meaning: What it is to AIVJ, for the message.

    Raises:
        MissingDependencyError: Some are missing; it names them and their packages.
    """
    missing = missing_libraries(program)
    if missing:
        packages = " ".join(debian_package(library) for library in missing)
        raise MissingDependencyError(
            f"the shared libraries of {meaning} ({program})",
            f"not on this machine: {', '.join(missing)}",
            f"run `make setup`, or install them (on Debian `apt-get install {packages}`)",
        )


def refuse_missing_sandbox(told: str) -> None:
    """Checks that a Chromium that did not start had its sandbox.

    Args:
        told: What it said.

    Raises:
        MissingDependencyError: It had none.
    """
    if any(sign in told for sign in _NO_SANDBOX):
        raise MissingDependencyError(
            "Chromium's sandbox, without which a user may not start it",
            "none could be made: this system or container keeps users from namespaces of their own "
            "(unprivileged user namespaces), and Chromium's own helper is not installed",
            "run `make setup`, or install it (on Debian `apt-get install chromium-sandbox`); a "
            "container needs the seccomp profile k8s/seccomp/chromium.json, see docs/image.md",
        )
