"""A file that others append to, read once: each look takes what came since the last one."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_MAX_LINE_BYTES = 4 << 20


class GrowingFile:
    """Yields the lines of a log as they come; memory does not grow with the file.

    Attributes:
        path: Where it is.
        size: Its size at the last look, in bytes; None if there is none.
        mtime_s: When it was changed last, seconds since 1970.
        offset: Up to where whole lines were taken.
        rest: What stands behind the last whole line, as far as it was read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size: int | None = None
        self.mtime_s = 0.0
        self.offset = 0
        self.rest = b""
        self._file_id: tuple[int, int] | None = None

    @property
    def num_unread(self) -> int:
        """Bytes that are there and were not looked at."""
        return max(0, (self.size or 0) - self.offset - len(self.rest))

    def look(self) -> bool:
        """Looks at the file; returns whether it is another one than before, or shorter.

        What was made of it is void then: it is read from its beginning again.
        """
        try:
            found = self.path.stat()
        except OSError:
            found = None
        file_id = None if found is None else (found.st_dev, found.st_ino)
        size = None if found is None else found.st_size
        is_other = self._file_id not in {None, file_id} or (size or 0) < self.offset
        if is_other:
            self.offset, self.rest = 0, b""
        self._file_id, self.size = file_id, size
        self.mtime_s = 0.0 if found is None else found.st_mtime
        return is_other

    def lines(self, deadline_s: float) -> Iterator[bytes]:
        """Yields whole lines that came since, without their end; stops early when time is up.

        Args:
            deadline_s: When to stop, by the monotonic clock.
        """
        if not self.size or self.size <= self.offset:
            self.rest = b""
            return
        try:
            file = os.open(self.path, os.O_RDONLY)
        except OSError:
            return
        try:
            while True:
                wanted = self._wanted()
                chunk = os.pread(file, wanted, self.offset)
                end = chunk.rfind(b"\n") + 1
                if not end:
                    self.rest = chunk
                    if len(chunk) < wanted:
                        return
                    if wanted < _MAX_LINE_BYTES:
                        continue
                    # No row is so long: what nobody ends is dropped, and counts as one bad line.
                    end, self.rest = len(chunk), b""
                    chunk = b"{"
                self.offset += end
                self.rest = chunk[end:]
                yield from chunk[:end].splitlines()
                if time.monotonic() > deadline_s:
                    return
        finally:
            os.close(file)

    def _wanted(self) -> int:
        """Returns how much to read: more, where a line is longer than usual."""
        return _MAX_LINE_BYTES if len(self.rest) >= _CHUNK_BYTES else _CHUNK_BYTES


def last_lines(path: Path, num: int, max_bytes: int) -> str:
    """Returns the last lines of a text file, at most so many and of its last bytes.

    Raises:
        FileNotFoundError: There is none.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - max_bytes))
        data = file.read(max_bytes)
    lines = data.decode("utf-8", errors="replace").splitlines()
    if size > max_bytes:
        lines = lines[1:]
    return "\n".join(lines[-num:])
