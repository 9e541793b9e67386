"""The layers of a set of presets, any two of which make a pair without a browser."""

from collections.abc import Callable

import numpy as np

from aivj.curation.candidates import Floats, Places
from aivj.curation.glance import Target, worth_at_a_glance
from aivj.curation.looks import describe, looked_at
from aivj.curation.measured_pairs import MeasuredPairs
from aivj.curation.random_pairing import random_pairs
from aivj.curation.shortlist import shortlist
from aivj.takes.batch import pair_figures
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS
from aivj.takes.compose import screen_blend
from aivj.takes.reactivity import Heard
from aivj.takes.table import LayerTable

Progress = Callable[[int, int], None]

_MEASURED_AT_A_TIME = 1024
_DESCRIBED_AT_A_TIME = 64
_NUM_SAMPLED = 500


def unheard(_num_done: int, _num_all: int) -> None:
    """Tells nobody of progress."""


class LayerPool:
    """Layers that were drawn under the same conditions.

    Args:
        table: What each of P presets looks like.
        heard: What they were rendered to.
        num_threads: Of the CPU; figures are the same for any number.
    """

    def __init__(self, table: LayerTable, heard: Heard, *, num_threads: int = 1) -> None:
        self._table = table
        self._heard = heard
        self._num_threads = num_threads

    def __len__(self) -> int:
        return len(self._table)

    def measure(self, pairs: Places, on_progress: Progress = unheard) -> MeasuredPairs:
        """Measures pairs as if they were rendered; one or more, [N, 2], foreground first."""
        parts = []
        for start in range(0, len(pairs), _MEASURED_AT_A_TIME):
            front, behind = pairs[start : start + _MEASURED_AT_A_TIME].T
            parts.append(
                pair_figures(self._table, front, behind, self._heard, num_threads=self._num_threads)
            )
            on_progress(start + len(front), len(pairs))
        return MeasuredPairs.of(parts)

    def promising_pairs(self, num: int, target: Target, seed: int) -> Places:
        """Returns all pairs of two different layers, or about `num` of the most promising.

        Args:
            num: How many, at most.
            target: What a pair is worth.
            seed: Decides which pairs a cheap look is held against.

        Returns:
            Foreground and background, int64 of shape [n, 2], in ascending order.
        """
        num_layers = len(self)
        if num_layers * (num_layers - 1) <= num:
            pairs = np.indices((num_layers, num_layers)).reshape(2, -1).T
            return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])
        sample = random_pairs(num_layers, min(_NUM_SAMPLED, num_layers**2), seed)
        worth = worth_at_a_glance(
            self._table,
            target,
            sample=sample,
            measured=self.measure(sample),
            num_threads=self._num_threads,
        )
        return shortlist(worth, num)

    def describe(self, pairs: Places) -> Floats:
        """Describes what pairs look like, see `aivj.curation.looks.describe`; shape [N, C]."""
        frames = looked_at(self._table.settings.measure_frames + 1)
        planes = np.moveaxis(self._table.planes[:, :, frames], 1, -1)
        seen = planes.reshape(*planes.shape[:3], CELL_ROWS, CELL_COLUMNS, 3)
        starts = range(0, max(1, len(pairs)), _DESCRIBED_AT_A_TIME)
        parts = (pairs[start : start + _DESCRIBED_AT_A_TIME] for start in starts)
        return np.concatenate(
            [describe(screen_blend(seen[part[:, 0]], seen[part[:, 1]])) for part in parts]
        )
