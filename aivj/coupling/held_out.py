"""Figures of any model, net or rule, on the rows that it was not trained on.

The order of measured pairs whose figures are told is no riddle: their labels are among the
figures. Such rows judge no order; what is said of them is how far the scores keep to the target.
Closeness to labels they do judge, since whoever scores a pack is told as much of its pairs.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from aivj.coupling.metrics import (
    Numbers,
    auc,
    calibration_error,
    cross_entropy,
    deviation,
    pairwise_accuracy,
    spearman,
)
from aivj.coupling.pair_inputs import TARGET01
from aivj.coupling.split import Split
from aivj.coupling.training_set import EliteClass, IntArray, Source, TrainingSet

GOOD_TARGET = 0.5


class PairScorer(Protocol):
    """Scores pairs of the presets of one training set."""

    def __call__(self, fg_index: IntArray, bg_index: IntArray) -> npt.NDArray[np.float64]:
        """Returns [n] scores of pairs given as rows of the table of presets.

        0..1, or NaN where it knows nothing of a pair.
        """


@dataclass(frozen=True)
class HeldOutMetrics:
    """Figures on held-out families; None where there are too few rows to say.

    Attributes:
        held_out_loss: Mean cross-entropy of labelled pairs, unweighted: no weight can flatter it.
        elite_auc: Positive elite pairs against negative ones.
        elite_accuracy: How often the elite pair with the higher score is placed higher.
        eval_spearman: Rank correlation with the measured targets of pairs whose figures are not
            told.
        negatives_auc: Labelled pairs of target 0.5 and more against synthetic negatives.
        preference_accuracy: How often the pair that people liked better is placed higher.
        calibration_error: Mean distance of scores and targets of labelled pairs.
        score_std: Deviation of the scores of all labelled pairs, trained on or not: what the gate
            on a pack's scores will look at.
        target_spearman: Rank correlation with the target of labelled pairs whose figures are told,
            whoever labelled them: what taste leaves of it.
    """

    held_out_loss: float | None
    elite_auc: float | None
    elite_accuracy: float | None
    eval_spearman: float | None
    negatives_auc: float | None
    preference_accuracy: float | None
    calibration_error: float | None
    score_std: float | None
    target_spearman: float | None


class HeldOut:
    """The held-out rows of one split, to be scored by one model after another.

    Attributes:
        families: Numbers of the families that the held-out labelled pairs belong to.
    """

    def __init__(self, training_set: TrainingSet, split: Split) -> None:
        labelled = training_set.source != Source.NEGATIVE
        rows = (split.held_out | labelled).nonzero()[0]
        compared = split.held_out_comparisons & ~training_set.comparisons.is_tie
        winner_fg, winner_bg, loser_fg, loser_bg = (
            layer[compared] for layer in training_set.comparisons.layers
        )
        self._num_rows, self._num_compared = len(rows), len(winner_fg)
        self._fg = np.concatenate([training_set.fg_index[rows], winner_fg, loser_fg])
        self._bg = np.concatenate([training_set.bg_index[rows], winner_bg, loser_bg])
        self._held_out = split.held_out[rows]
        self._source = training_set.source[rows]
        self._elite_class = training_set.elite_class[rows]
        self._target = training_set.target[rows].astype(np.float64)
        self._told = training_set.pair_inputs.knows(self._fg[: len(rows)], self._bg[: len(rows)])
        self._known_target = _told_targets(training_set, rows)
        judged = rows[self._held_out & (self._source != Source.NEGATIVE)]
        presets = np.concatenate([training_set.fg_index[judged], training_set.bg_index[judged]])
        self.families = frozenset(training_set.preset_families[presets].tolist())

    @property
    def num_labelled(self) -> int:
        """Held-out pairs with a label."""
        return int(np.count_nonzero(self._held_out & (self._source != Source.NEGATIVE)))

    @property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """Rows of the presets of every pair that must be scored: foregrounds and backgrounds."""
        return self._fg, self._bg

    def metrics(self, score: PairScorer) -> HeldOutMetrics:
        """Returns the figures of one model."""
        return self.metrics_of(score(*self.pairs))

    def metrics_of(self, every: Numbers) -> HeldOutMetrics:
        """Returns the figures of scores of `pairs`, 0..1."""
        scores, target, held_out = every[: self._num_rows], self._target, self._held_out
        labelled = self._source != Source.NEGATIVE
        known = held_out & labelled
        elite = held_out & (self._source == Source.ELITE)
        measured = held_out & (self._source == Source.EVAL) & ~self._told
        told = known & self._told
        return HeldOutMetrics(
            held_out_loss=cross_entropy(scores[known], target[known]),
            elite_auc=auc(
                scores[held_out & (self._elite_class == EliteClass.POSITIVE)],
                scores[held_out & (self._elite_class == EliteClass.NEGATIVE)],
            ),
            elite_accuracy=pairwise_accuracy(scores[elite], target[elite]),
            eval_spearman=spearman(scores[measured], target[measured]),
            negatives_auc=auc(
                scores[known & (target >= GOOD_TARGET)], scores[held_out & ~labelled]
            ),
            preference_accuracy=self._preference_accuracy(every[self._num_rows :]),
            calibration_error=calibration_error(scores[known], target[known]),
            score_std=deviation(scores[labelled]),
            target_spearman=spearman(scores[told], self._known_target[told]),
        )

    def _preference_accuracy(self, scores: Numbers) -> float | None:
        if self._num_compared == 0 or np.isnan(scores).any():
            return None
        lead = np.sign(scores[: self._num_compared] - scores[self._num_compared :])
        return float((1 + lead.mean()) / 2)


def _told_targets(training_set: TrainingSet, rows: IntArray) -> npt.NDArray[np.float64]:
    """Returns the targets of measured rows; NaN of others."""
    inputs = training_set.pair_inputs.of(training_set.fg_index[rows], training_set.bg_index[rows])
    if training_set.pair_inputs.width == 0:
        return np.full(len(rows), np.nan)
    return inputs[:, TARGET01].astype(np.float64)
