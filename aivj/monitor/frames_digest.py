"""What an index of presets' pictures says, read once as it grows."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from aivj.contracts.frames_index import FRAMES_INDEX_NAME, FramesRow
from aivj.contracts.json_text import parse_json, validated
from aivj.errors import InputError
from aivj.monitor.growing_file import GrowingFile

_KEPT_ROWS = 2000
_READ_S = 1.0


class FramesDigest:
    """Counts an index's lines and keeps its last rows with pictures.

    Attributes:
        path: The index.
        total: Lines that are an attempt.
        ok: Attempts with pictures.
        failed: Attempts without.
        last: The last attempt's preset; None without any.

    Args:
        folder: Folder of the index.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FRAMES_INDEX_NAME
        self._file = GrowingFile(self.path)
        self._pictured: deque[FramesRow] = deque(maxlen=_KEPT_ROWS)
        self._forget()

    @property
    def mtime_s(self) -> float:
        """When it was changed last, seconds since 1970."""
        return self._file.mtime_s

    def look(self) -> None:
        """Reads what is new, for a second at most."""
        if self._file.look():
            self._forget()
        for line in self._file.lines(time.monotonic() + _READ_S):
            self._add(line)

    def newest(self, fits: Callable[[FramesRow], bool]) -> Iterator[FramesRow]:
        """Yields the last rows that have pictures and fit, the newest first."""
        return filter(fits, reversed(self._pictured))

    def _forget(self) -> None:
        self.total = self.ok = self.failed = 0
        self.last: str | None = None
        self._pictured.clear()

    def _add(self, line: bytes) -> None:
        try:
            row = validated(FramesRow, parse_json(line, FRAMES_INDEX_NAME), "a line")
        except InputError:
            return
        self.total += 1
        self.ok += row.status == "ok"
        self.failed += row.status == "failed"
        self.last = row.preset_id
        if row.frames:
            self._pictured.append(row)
