"""A whole library in a space of terms: each file read once, each content described once.

The space is fitted to a part of the library; what is known of that part is kept, so only the rest
is read afterwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.packs.feature_extraction import ExtractedBatch, Extraction, extract
from aivj.packs.feature_table import FloatArray
from aivj.packs.groups import IntArray
from aivj.packs.term_space import MAX_FITTED, TermSpace
from aivj.packs.term_table import TermTable
from aivj.storage import sha256_hex

NUM_DIRECTIONS = 128
"""Numbers that describe a preset; fewer tell styles worse, more hardly better."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class DescribedLibrary:
    """Where the presets of a library lie.

    Attributes:
        row_of: [N] row of each file below; -1 for one that cannot be read.
        content_hashes: Content hash of each row; none is there twice.
        places: [M, D] of unit length; 0 for a preset without a known term.
        tags: Tags that the text of each row decides.
        features: [M, F] features of each row; F is 0 unless they were asked for.
        space: What places mean.
    """

    row_of: IntArray
    content_hashes: list[str]
    places: FloatArray
    tags: list[tuple[str, ...]]
    features: FloatArray
    space: TermSpace


def describe_library(
    paths: Sequence[Path],
    *,
    features: bool = False,
    num_directions: int = NUM_DIRECTIONS,
    num_fitted: int = MAX_FITTED,
    seed: int = 0,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> DescribedLibrary:
    """Fits a space to a library and describes all of it.

    Args:
        paths: The files.
        features: Whether features are extracted too, in the same reading.
        num_directions: See `TermSpace.fit`.
        num_fitted: Files that the space is fitted to; of more, so many are drawn.
        seed: Decides which.
        on_progress: Told how many files of how many are done.
    """
    drawn = np.random.default_rng(seed).permutation(len(paths))
    reader = _Reader(paths, on_progress)
    terms = TermTable()
    first = Extraction(features=features, terms=True, tags=True)
    for batch in extract(reader.read(np.sort(drawn[:num_fitted]).tolist()), first):
        for number in reader.learn(batch):
            terms.add(batch.terms[number])
    space = TermSpace.fit(terms, num_directions=num_directions, max_fitted=len(terms), seed=seed)
    rest = Extraction(features=features, space=space, tags=True)
    batches = extract(reader.read(np.sort(drawn[num_fitted:]).tolist()), rest)
    places = [space.describe(terms), *(batch.places[reader.learn(batch)] for batch in batches)]
    on_progress(len(paths), len(paths))
    return DescribedLibrary(
        reader.rows(),
        list(reader.row_of_content),
        np.concatenate(places),
        reader.tags,
        np.concatenate([np.zeros((0, reader.num_features), np.float32), *reader.features]),
        space,
    )


class _Reader:
    """Reads files, each content of bytes once, and numbers contents as they come."""

    def __init__(self, paths: Sequence[Path], on_progress: Progress) -> None:
        self.row_of_content: dict[str, int] = {}
        self.tags: list[tuple[str, ...]] = []
        self.features: list[FloatArray] = []
        self.num_features = 0
        self._paths = paths
        self._on_progress = on_progress
        self._num_read = 0
        self._file_hashes: list[str | None] = [None] * len(paths)
        self._row_of_file: dict[str, int] = {}

    def read(self, places: Sequence[int]) -> Iterator[tuple[str, bytes]]:
        """Yields what nobody has read yet, by the hash of the file."""
        under_way: set[str] = set()
        for place in places:
            self._num_read += 1
            try:
                data = self._paths[place].read_bytes()
            except OSError:
                continue
            name = self._file_hashes[place] = sha256_hex(data)
            if name not in self._row_of_file and name not in under_way:
                under_way.add(name)
                yield name, data

    def learn(self, batch: ExtractedBatch) -> list[int]:
        """Numbers the contents of a batch; returns the places in it of those that are new."""
        new = []
        for number, content in enumerate(batch.content_hashes):
            if content not in self.row_of_content:
                self.row_of_content[content] = len(self.row_of_content)
                self.tags.append(batch.tags[number])
                new.append(number)
            self._row_of_file[batch.file_hashes[number]] = self.row_of_content[content]
        self.num_features = batch.values.shape[1]
        self.features.append(batch.values[new])
        self._on_progress(self._num_read, len(self._paths))
        return new

    def rows(self) -> IntArray:
        """Returns the row of each file; -1 for one that could not be read."""
        rows = [-1 if name is None else self._row_of_file[name] for name in self._file_hashes]
        return np.array(rows, np.int64)
