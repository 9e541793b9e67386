"""What a node lacks of what work needs: packages, Chromium, the built stage.

Stands on Python's own library alone, so that it can say so where nothing is installed.
"""

import contextlib
import importlib.metadata
import re
import shutil
import socket
import tomllib
from pathlib import Path

_CHECKOUT = Path(__file__).parents[1]
_PROJECT = _CHECKOUT / "pyproject.toml"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_STAGE = Path(__file__).parent / "stage" / "web" / "dist"


def node_name() -> str:
    """Returns what this node is called."""
    return socket.gethostname()


def missing_packages() -> list[str]:
    """Returns the packages that the project asks for and that are not installed here."""
    return [name for name in _required() if not _is_installed(name)]


def missing() -> list[str]:
    """Returns everything that a node must have and this one lacks, in words."""
    packages = missing_packages()
    lacks = [f"Python packages: {', '.join(packages)}"] if packages else []
    if not any(map(shutil.which, _BROWSERS)):
        lacks.append("Chromium")
    if shutil.which("node") is None:
        lacks.append("Node.js")
    if not _STAGE.is_dir():
        lacks.append("the built stage")
    return lacks


def _required() -> list[str]:
    """Returns the names of packages, the checkout's where this is one; none if nobody says them."""
    lines: list[str] = []
    if _PROJECT.is_file():
        with _PROJECT.open("rb") as file:
            lines = tomllib.load(file)["project"]["dependencies"]
    else:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            lines = importlib.metadata.requires("aivj") or []
    found = (_NAME.match(line) for line in lines if ";" not in line)
    return [name[0] for name in found if name is not None]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
