"""Pairs that no run has visited, measured from the takes of their presets."""

from collections.abc import Sequence

import numpy as np

from aivj.contracts.scores import pair_score
from aivj.coupling.eval_target import EvalTarget, eval_targets01
from aivj.coupling.training_set import FloatArray
from aivj.takes.batch import PairFigures, pair_figures
from aivj.takes.reactivity import Heard
from aivj.takes.store import TakeStore
from aivj.takes.table import LayerTable


class TakenPairs:
    """What pairs are worth whose presets are both drawn.

    Args:
        stores: Takes; those of a store are composed with each other alone. Of several that have
            both presets the first counts.
    """

    def __init__(self, stores: Sequence[TakeStore]) -> None:
        self._stores = stores

    def targets(self, pairs: Sequence[tuple[str, str]], target: EvalTarget) -> FloatArray:
        """Returns what pairs are worth as targets to learn, 0 to 1; NaN where a take is missing.

        Args:
            pairs: Content hashes of foreground and background.
            target: See `aivj.coupling.eval_target`.

        Raises:
            StorageError: A store cannot be read.
        """
        found = np.full(len(pairs), np.nan, np.float32)
        for store in self._stores:
            waiting = [
                place
                for place in np.flatnonzero(np.isnan(found)).tolist()
                if all(_is_drawn(store, content) for content in pairs[place])
            ]
            if waiting:
                found[waiting] = _worth(store, [pairs[place] for place in waiting], target)
        return found


def _is_drawn(store: TakeStore, content: str) -> bool:
    return content in store and store.failure(content) is None


def _worth(store: TakeStore, pairs: Sequence[tuple[str, str]], target: EvalTarget) -> FloatArray:
    contents = sorted({content for pair in pairs for content in pair})
    settings = store.conditions.settings
    table = LayerTable.of(store.read_cells(contents), len(contents), settings)
    place_of = {content: place for place, content in enumerate(contents)}
    places = np.array([[place_of[content] for content in pair] for pair in pairs])
    # No target asks whether a picture moves with the music, only whether music changes it.
    unheard = np.zeros(settings.measure_frames)
    figures = pair_figures(table, places[:, 0], places[:, 1], Heard(unheard, (unheard,)))
    return _targets(figures, target).astype(np.float32)


def _targets(figures: PairFigures, target: EvalTarget) -> np.ndarray:
    if target == "v1":
        return eval_targets01(figures)
    measured = zip(figures.viz_avg_luma, figures.viz_avg_frame_delta, strict=True)
    return np.array([pair_score(float(luma), float(motion)) for luma, motion in measured])
