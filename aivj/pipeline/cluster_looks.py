"""How presets look and how much they move: from the index of their pictures, else from takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aivj.contracts.frames_index import (
    FRAMES_INDEX_NAME,
    FramesRow,
    best_rows,
    frame_files,
    read_frames_index,
)
from aivj.takes.figures import FrameSeries
from aivj.takes.store import TakeStore
from aivj.takes.store.survey import store_folders
from aivj.takes.take import Drawn

_SHOWN_FRAME = 1
"""The middle one; the first shows presets before they have grown."""


@dataclass
class Looks:
    """What is known of presets' pictures, by id.

    Attributes:
        motion: How much each moves, 0 and up; all of one kind of measurement.
        source: Where motion and pictures come from, for people.
    """

    motion: dict[str, float] = field(default_factory=dict)
    source: str = "nothing"
    _files: dict[str, Path] = field(default_factory=dict)
    _store: TakeStore | None = None
    _contents: Mapping[str, str] = field(default_factory=dict)

    def pictures(self, names: Iterable[str]) -> dict[str, bytes]:
        """Returns a WebP picture of each preset that has one."""
        found: dict[str, bytes] = {}
        for name in names:
            path = self._files.get(name)
            try:
                if path is not None and path.suffix == ".webp":
                    found[name] = path.read_bytes()
                    continue
            except OSError:
                continue
            content = self._contents.get(name)
            if self._store is None or content is None or not _is_drawn(self._store, content):
                continue
            (take,) = self._store.read([content])
            if isinstance(take.outcome, Drawn):
                found[name] = take.outcome.pictures[_SHOWN_FRAME]
        return found


def looks_of_frames(index: Path) -> Looks:
    """Reads an index of pictures.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    rows = best_rows(read_frames_index(index).rows)
    motion = {
        name: row.metrics.motion
        for name, row in rows.items()
        if row.status == "ok" and row.metrics is not None and row.metrics.motion is not None
    }
    files = {name: _shown(row, index.parent) for name, row in rows.items()}
    return Looks(
        motion,
        f"{FRAMES_INDEX_NAME} of {len(motion)} presets",
        {name: path for name, path in files.items() if path is not None},
    )


def looks_of_takes(takes_uri: str, contents: Mapping[str, str]) -> Looks:
    """Looks into the part of a store of takes that has most of the presets; draws nothing.

    Args:
        takes_uri: The store.
        contents: Content hash of each preset, by id.

    Raises:
        StorageError: The store does not answer, or a take in it is damaged.
    """
    best: tuple[int, TakeStore] | None = None
    for folder in store_folders(takes_uri):
        if folder.conditions is None:
            continue
        store = TakeStore.open(takes_uri, folder.conditions)
        num = sum(_is_drawn(store, content) for content in set(contents.values()))
        if num and (best is None or num > best[0]):
            best = (num, store)
    if best is None:
        return Looks()
    _, store = best
    drawn = sorted({content for content in contents.values() if _is_drawn(store, content)})
    motion_of = {
        content: float(FrameSeries.of(cells.music).delta.mean())
        for content, cells in zip(drawn, store.read_cells(drawn), strict=True)
    }
    motion = {name: motion_of[each] for name, each in contents.items() if each in motion_of}
    return Looks(motion, f"takes of {len(motion)} presets", {}, store, contents)


def _is_drawn(store: TakeStore, content: str) -> bool:
    return content in store and store.failure(content) is None


def _shown(row: FramesRow, root: Path) -> Path | None:
    files = frame_files(row, root)
    return files[min(_SHOWN_FRAME, len(files) - 1)] if files else None
