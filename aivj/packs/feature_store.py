"""Features of presets, extracted once for each content and kept in a folder.

Training asks for the features of the same library again and again, and so do several processes at
once. The store is a folder of parts (`aivj.packs.feature_parts`) that are only ever added, so
nothing locks: two processes that extract the same presets at the same time both keep them, which
costs a little room until parts are joined.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from aivj.packs.feature_extraction import ExtractedBatch, extract
from aivj.packs.feature_parts import (
    PART_SUFFIX,
    BrokenPartError,
    FeaturePart,
    read_part,
    write_part,
)
from aivj.packs.feature_table import FeatureTable, FloatArray, LibraryFeatures
from aivj.presets.features import FEATURE_NAMES, FEATURE_SPEC
from aivj.storage import sha256_hex

FILES_PER_PART = 16_384
"""So many new presets are kept at a time: what an interruption can cost."""

MAX_PARTS = 32
"""More parts than this are joined into one."""

Progress = Callable[[int, int], None]


class FeatureStore:
    """Features of presets by content; not for several threads at once.

    Args:
        folder: Where features are kept, of this version below `<folder>/<FEATURE_SPEC>/`; None
            keeps them in memory alone.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / FEATURE_SPEC
        self._known_parts: set[Path] = set()
        self._content_of_file: dict[str, str] = {}
        self._features_of: dict[str, FloatArray] = {}
        self._new_files: dict[str, str] = {}
        self._notes: list[str] = []

    def features_of(
        self, paths: Sequence[Path], on_progress: Progress | None = None
    ) -> LibraryFeatures:
        """Returns the features of preset files; extracts those that nobody extracted before.

        Args:
            paths: The files. One that cannot be read has no hash and no features.
            on_progress: Called with the number of files done and of all.

        Raises:
            StorageError: New features could not be kept.
        """
        self._notes = []
        self._read_new_parts()
        file_hashes: list[str | None] = []
        for batch in extract(self._unknown(paths, file_hashes)):
            self._learn(batch)
            if on_progress is not None:
                on_progress(len(file_hashes), len(paths))
            if len(self._new_files) >= FILES_PER_PART:
                self._keep_new()
        self._keep_new()
        self._join_parts()
        if on_progress is not None:
            on_progress(len(paths), len(paths))
        hashes = tuple(
            None if file_hash is None else self._content_of_file[file_hash]
            for file_hash in file_hashes
        )
        return LibraryFeatures(hashes, self._table(hashes), tuple(self._notes))

    def _unknown(
        self, paths: Sequence[Path], file_hashes: list[str | None]
    ) -> Iterator[tuple[str, bytes]]:
        """Reads the files one by one, notes their hashes, and yields each unknown one once."""
        under_way = set()
        for path in paths:
            try:
                data = path.read_bytes()
            except OSError:
                file_hashes.append(None)
                continue
            file_hash = sha256_hex(data)
            file_hashes.append(file_hash)
            if file_hash not in under_way and file_hash not in self._content_of_file:
                under_way.add(file_hash)
                yield file_hash, data

    def _learn(self, batch: ExtractedBatch) -> None:
        files = dict(zip(batch.file_hashes, batch.content_hashes, strict=True))
        self._content_of_file |= files
        self._new_files |= files
        for content_hash, values in zip(batch.content_hashes, batch.values, strict=True):
            self._features_of.setdefault(content_hash, values)

    def _table(self, hashes: Sequence[str | None]) -> FeatureTable:
        contents = tuple(dict.fromkeys(name for name in hashes if name is not None))
        values = np.empty((len(contents), len(FEATURE_NAMES)), dtype=np.float32)
        for row, content_hash in enumerate(contents):
            values[row] = self._features_of[content_hash]
        return FeatureTable(FEATURE_SPEC, FEATURE_NAMES, contents, values)

    def _parts(self) -> list[Path]:
        return [] if self._folder is None else sorted(self._folder.glob(f"*{PART_SUFFIX}"))

    def _read_new_parts(self) -> None:
        """Reads what this or another process has kept since the last look."""
        for path in self._parts():
            if path not in self._known_parts:
                self._known_parts.add(path)
                self._read(path)

    def _read(self, path: Path) -> None:
        try:
            part = read_part(path, len(FEATURE_NAMES))
        except FileNotFoundError:
            return  # joined by another process meanwhile
        except OSError as error:
            self._notes.append(f"{path} cannot be read, its presets are extracted again: {error}")
            return
        except BrokenPartError as error:
            self._notes.append(f"{path} is removed, its presets are extracted again: {error}")
            _remove(path)
            return
        self._content_of_file |= part.content_of_file
        for content_hash, row in part.row_of.items():
            self._features_of.setdefault(content_hash, part.values[row])

    def _keep_new(self) -> None:
        """Writes what was extracted since the last part."""
        if self._folder is not None and self._new_files:
            self._known_parts.add(write_part(self._folder, self._part_of(self._new_files)))
        self._new_files = {}

    def _part_of(self, files: dict[str, str]) -> FeaturePart:
        table = self._table(list(files.values()))
        return FeaturePart(files, table.row_of, table.values)

    def _join_parts(self) -> None:
        """Writes one part for many, then removes those that it holds."""
        parts = [path for path in self._parts() if path in self._known_parts]
        if self._folder is None or len(parts) <= MAX_PARTS:
            return
        whole = write_part(self._folder, self._part_of(self._content_of_file))
        self._known_parts.add(whole)
        for path in parts:
            if path != whole:
                _remove(path)


def _remove(path: Path) -> None:
    """Removes a part that nobody needs; another process may have done so."""
    with contextlib.suppress(OSError):
        path.unlink()
