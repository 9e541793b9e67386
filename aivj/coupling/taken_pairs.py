"""Pairs that no run has visited, measured from the takes of their presets."""

import os
from collections.abc import Iterator, Sequence

import numpy as np

from aivj.coupling.eval_target import EvalTarget
from aivj.coupling.pair_inputs import INPUT_NAMES, FloatArray, inputs_of
from aivj.takes.batch import pair_figures
from aivj.takes.reactivity import Heard
from aivj.takes.store import TakeStore
from aivj.takes.table import LayerTable

_MAX_LAYERS = 1024
"""Layers that are held at a time, about 300 KB each."""

Pair = tuple[str, str]
"""Content hashes of foreground and background."""


class TakenPairs:
    """Pairs whose presets are both drawn.

    Args:
        stores: Takes; those of a store are composed with each other alone. Of several that have
            both presets the first counts.
    """

    def __init__(self, stores: Sequence[TakeStore]) -> None:
        self._stores = stores

    @property
    def conditions(self) -> list[str]:
        """Digests of what the takes were drawn under, in the order in which they are asked."""
        return [store.conditions.digest for store in self._stores]

    def untried(self, contents: Sequence[str]) -> list[str]:
        """Returns those of the presets that nobody tried to draw."""
        return [
            content for content in contents if all(content not in store for store in self._stores)
        ]

    def inputs(self, pairs: Sequence[Pair], target: EvalTarget) -> FloatArray:
        """Measures pairs, [N, M] as `aivj.coupling.pair_inputs`; NaN where a take is missing.

        Args:
            pairs: Content hashes of foreground and background.
            target: See `aivj.coupling.eval_target`.

        Raises:
            StorageError: A store cannot be read.
        """
        found = np.full((len(pairs), len(INPUT_NAMES)), np.nan, np.float32)
        for store in self._stores:
            waiting = [
                place
                for place in np.flatnonzero(np.isnan(found[:, 0])).tolist()
                if all(_is_drawn(store, content) for content in pairs[place])
            ]
            for places in _parts(waiting, pairs):
                found[places] = _measured(store, [pairs[place] for place in places], target)
        return found


def _is_drawn(store: TakeStore, content: str) -> bool:
    return content in store and store.failure(content) is None


def _parts(places: Sequence[int], pairs: Sequence[Pair]) -> Iterator[list[int]]:
    """Yields pairs in parts of at most `_MAX_LAYERS` layers; those with one foreground together."""
    part: list[int] = []
    layers: set[str] = set()
    for place in sorted(places, key=pairs.__getitem__):
        if len(layers.union(pairs[place])) > _MAX_LAYERS:
            yield part
            part, layers = [], set()
        part.append(place)
        layers.update(pairs[place])
    if part:
        yield part


def _measured(store: TakeStore, pairs: Sequence[Pair], target: EvalTarget) -> FloatArray:
    contents = sorted({content for pair in pairs for content in pair})
    settings = store.conditions.settings
    table = LayerTable.of(store.read_cells(contents), len(contents), settings)
    place_of = {content: place for place, content in enumerate(contents)}
    front, back = np.array([[place_of[content] for content in pair] for pair in pairs]).T
    # Nothing asks whether a picture moves with the music, only whether music changes it.
    unheard = Heard(np.zeros(settings.measure_frames), (np.zeros(settings.measure_frames),))
    num_threads = len(os.sched_getaffinity(0))
    figures = pair_figures(table, front, back, unheard, num_threads=num_threads)
    return inputs_of(figures, target)
