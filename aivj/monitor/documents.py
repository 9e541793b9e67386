"""Files that others write anew as a whole: read when they change, and told why they cannot be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aivj.contracts.json_text import iso_utc, parse_json
from aivj.errors import InputError

_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Document:
    """A JSON object of a file.

    Attributes:
        value: What it holds; None if it holds none.
        error: Why; None if it does.
        mtime_s: When it was written, seconds since 1970; None if there is no file.
        size_bytes: Its size.
    """

    value: dict[str, Any] | None = None
    error: str | None = None
    mtime_s: float | None = None
    size_bytes: int = 0

    @property
    def mtime(self) -> str:
        """When it was written, ISO-8601; empty if there is no file."""
        return "" if self.mtime_s is None else iso_of(self.mtime_s)


class Documents:
    """Reads documents, each again only when it has changed."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[float, int, int], Document]] = {}

    def read(self, path: Path) -> Document:
        """Returns what a file holds."""
        try:
            found = path.stat()
        except OSError:
            self._read.pop(path, None)
            return Document(error=f"{path.name} missing")
        state = (found.st_mtime, found.st_size, found.st_ino)
        known = self._read.get(path)
        if known is not None and known[0] == state:
            return known[1]
        document = _read(path, found.st_mtime, found.st_size)
        self._read[path] = (state, document)
        return document


def iso_of(time_s: float) -> str:
    """Returns a time in seconds since 1970 as ISO-8601 UTC."""
    return iso_utc(datetime.fromtimestamp(time_s, UTC))


def _read(path: Path, mtime_s: float, size: int) -> Document:
    if size > _MAX_BYTES:
        return Document(error=f"{path.name} is too large", mtime_s=mtime_s, size_bytes=size)
    try:
        value = parse_json(path.read_bytes(), path.name)
    except InputError as error:
        told = f"JSON parse failed: {error.found}"
        return Document(error=told, mtime_s=mtime_s, size_bytes=size)
    except OSError as error:
        return Document(error=f"{path.name}: {error.strerror}", mtime_s=mtime_s, size_bytes=size)
    if not isinstance(value, dict):
        return Document(error=f"{path.name} is no object", mtime_s=mtime_s, size_bytes=size)
    return Document(value=value, mtime_s=mtime_s, size_bytes=size)
