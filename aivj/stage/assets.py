"""The built web app, read once: a build that changes under a running server cannot change it."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aivj.errors import MissingDependencyError
from aivj.storage import sha256_hex

DIST = Path(__file__).parent / "web" / "dist"
THEME_STYLE = Path(__file__).parent / "web" / "theme.css"
"""Colours of the pages that are read; it needs no build."""

_DRAWING = "drawing.txt"
_SERVED = {".html", ".css", ".js"}


@dataclass(frozen=True)
class Asset:
    """One file of the web app; `etag` names its content."""

    body: bytes
    content_type: str
    etag: str


def read_assets(dist: Path | None = None) -> dict[str, Asset]:
    """Reads pages, styles and scripts of the built stage, by file name.

    Raises:
        MissingDependencyError: It has not been built.
    """
    folder = dist or DIST
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    paths = [path for path in names if path.suffix in _SERVED]
    if not {"index.html", "player.js", "preset-probe.html", "probe.js"} <= {p.name for p in paths}:
        raise _not_built(folder, "no pages there")
    return {path.name: _asset(path) for path in paths}


def drawing_digest(dist: Path | None = None) -> str:
    """Returns the SHA-256 of what the stage draws presets and pairs with, as 64 hexadecimal digits.

    It stays as it is when the player changes, or what programs are told of a preset.

    Raises:
        MissingDependencyError: The stage has not been built.
    """
    folder = dist or DIST
    try:
        return (folder / _DRAWING).read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise _not_built(folder, f"no {_DRAWING} there") from error


def _not_built(folder: Path, found: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"the built stage in {folder}", found, "run `make setup` (npm ci, npm run build)"
    )


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, content_type, sha256_hex(body))
