"""The folder of a pack's pictures: each is written before the line that names it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.frames_index import (
    FRAMES_INDEX_NAME,
    FramesLog,
    FramesRow,
    frame_path,
    frames_hash,
    read_frames_index,
)
from aivj.contracts.json_text import iso_utc
from aivj.frames.capture import Capture
from aivj.frames.subjects import Subject
from aivj.storage import write_atomic


class FramesFolder:
    """Pictures and their index.

    Args:
        root: The folder; it is made when first written.
        now: The clock.
    """

    def __init__(self, root: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.root = root
        self._now = now
        self._log: FramesLog | None = None

    @property
    def index(self) -> Path:
        """The index."""
        return self.root / FRAMES_INDEX_NAME

    def settled(self) -> set[str]:
        """Returns the presets that resuming leaves out; none if there is no index yet.

        Raises:
            InputError: The index cannot be read.
        """
        if not self.index.exists():
            return set()
        rows = read_frames_index(self.index).rows
        return {row.preset_id for row in rows if row.is_settled}

    def keep(self, subject: Subject, capture: Capture) -> FramesRow:
        """Writes the pictures of a preset and its line.

        Raises:
            StorageError: The disk does not take them.
        """
        frames = tuple(
            frame_path(subject.preset_id, number, capture.picture_format)
            for number in range(len(capture.pictures))
        )
        if not capture.reasons:
            for relative, picture in zip(frames, capture.pictures, strict=True):
                # A picture that a power cut took is drawn again; a library's would wait long for
                # each to reach the disk.
                write_atomic(self.root / relative, picture, fsync=False)
        row = FramesRow(
            at=iso_utc(self._now()),
            preset_id=subject.preset_id,
            rel_path=subject.relative_path,
            file_path=subject.path.as_posix(),
            status="failed" if capture.reasons else "ok",
            id_hash=None if capture.reasons else frames_hash(subject.preset_id),
            frames=() if capture.reasons else frames,
            metrics=capture.metrics,
            reasons=capture.reasons,
            error_text=capture.error_text,
        )
        if self._log is None:
            self._log = FramesLog(self.index)
        self._log.append(row)
        return row

    def close(self) -> None:
        """Closes the index."""
        if self._log is not None:
            self._log.close()
            self._log = None
