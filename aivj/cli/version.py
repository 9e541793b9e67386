"""What `aivj --version` says."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]
_TIMEOUT_S = 5


def version_line() -> str:
    """Returns version, commit if this is a checkout, and Python's version, in one line."""
    commit = _commit()
    of = "" if commit is None else f" ({commit})"
    return f"aivj {_version()}{of}, Python {platform.python_version()}"


def _version() -> str:
    try:
        return version("aivj")
    except PackageNotFoundError:
        return "of a checkout that is not installed"


def _commit() -> str | None:
    """Returns the commit of the checkout that this file lies in, `-dirty` if it was changed."""
    if not (_CHECKOUT / ".git").exists():
        return None
    command = ["git", "-C", str(_CHECKOUT), "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return f"commit {done.stdout.strip()}" if done.returncode == 0 else None
