"""The layers of a set of presets, any two of which make a pair without a browser."""

from collections.abc import Callable, Sequence

import numpy as np

from aivj.curation.candidates import Floats, Places
from aivj.curation.glance import worth_at_a_glance
from aivj.curation.looks import describe, looked_at
from aivj.curation.measured_pairs import MeasuredPairs
from aivj.curation.shortlist import shortlist
from aivj.takes.cells import LayerCells
from aivj.takes.compose import compose, screen_blend
from aivj.takes.figures import PairMeasurement, measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings

Progress = Callable[[int, int], None]

Target = Callable[[MeasuredPairs], Floats]
"""Says what measured pairs are worth, 0 to 1."""

_AT_A_TIME = 64


def unheard(_num_done: int, _num_all: int) -> None:
    """Tells nobody of progress."""


class LayerPool:
    """Layers that were drawn under the same conditions.

    Args:
        layers: What each of P presets looks like.
        settings: How they were rendered.
        heard: What they were rendered to.
    """

    def __init__(
        self, layers: Sequence[LayerCells], settings: RenderSettings, heard: Heard
    ) -> None:
        self._layers = layers
        self._settings = settings
        self._heard = heard

    def __len__(self) -> int:
        return len(self._layers)

    def measure(self, pairs: Places, on_progress: Progress = unheard) -> MeasuredPairs:
        """Measures pairs as if they were rendered; int64 of shape [N, 2], foreground first."""
        measured: list[PairMeasurement] = []
        for front, behind in pairs.tolist():
            cells = compose(self._layers[front], self._layers[behind])
            measured.append(measure_pair(cells, self._settings, self._heard))
            on_progress(len(measured), len(pairs))
        return MeasuredPairs.of(measured)

    def promising_pairs(self, num: int, target: Target) -> Places:
        """Returns all pairs of two different layers, or about `num` of the most promising.

        Returns:
            Foreground and background, int64 of shape [n, 2], n <= num, in ascending order.
        """
        num_layers = len(self)
        if num_layers * (num_layers - 1) <= num:
            pairs = np.indices((num_layers, num_layers)).reshape(2, -1).T
            return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])
        return shortlist(worth_at_a_glance(self._layers, self._settings, target), num)

    def describe(self, pairs: Places) -> Floats:
        """Describes what pairs look like, see `aivj.curation.looks.describe`; shape [N, C]."""
        frames = looked_at(self._settings.measure_frames + 1)
        seen = np.stack([layer.music[frames] for layer in self._layers])
        starts = range(0, max(1, len(pairs)), _AT_A_TIME)
        parts = (pairs[start : start + _AT_A_TIME] for start in starts)
        return np.concatenate(
            [describe(screen_blend(seen[part[:, 0]], seen[part[:, 1]])) for part in parts]
        )
