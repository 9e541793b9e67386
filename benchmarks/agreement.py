"""How well the figures of an operating point agree with the reference's, and with the music."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.coupling.metrics import auc, spearman
from benchmarks.study_rows import StudiedFigures, StudyRow

Floats = NDArray[np.float64]

COMPARED = {
    "viz_avg_luma": "luma",
    "viz_avg_frame_delta": "motion",
    "composite_avg_frame_delta": "comp. motion",
    "audio_response": "response",
}
"""The figures whose ranks are compared, and what the tables call them."""

RESPONSE_ABOVE = 1 / 255
"""A pair answers the music if it differs from silence by more than the smallest step of a byte."""


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Returns Spearman's rank correlation, NaN for less than three pairs or equal values."""
    return _nan_if_none(spearman(np.array(first), np.array(second)))


@dataclass(frozen=True)
class Null:
    """Alignments of pairs beside alignments that the music cannot have caused.

    Attributes:
        name: What the others are.
        own: Alignment with the music that the pair heard.
        other: That of the null, in the same order.
    """

    name: str
    own: Floats
    other: Floats

    @property
    def auc_of_any(self) -> float:
        """Probability that a random pair's own alignment exceeds any pair's null alignment."""
        return _nan_if_none(auc(self.own, self.other))

    @property
    def share_above_own(self) -> float:
        """Share of pairs whose own alignment exceeds their own null, ties counting half."""
        steps = np.sign(self.own - self.other)
        return float((steps.mean() + 1) / 2) if len(steps) else math.nan


def shifted_music(rows: Sequence[StudyRow]) -> Null:
    """Null: the same picture with music shifted in time, the mean of both shifts."""
    figures = [row.figures for row in rows if row.figures is not None]
    return Null(
        "music shifted in time",
        np.array([figure.audio_alignment for figure in figures]),
        np.array([figure.audio_alignment_control for figure in figures]),
    )


def silent_picture(rows: Sequence[StudyRow]) -> Null:
    """Null: the picture that was drawn in silence, at the same frames, with the same music."""
    frames = [row.frames for row in rows if row.frames is not None]
    return Null(
        "same pair drawn in silence",
        np.array([frame.alignment for frame in frames]),
        np.array([frame.silent_alignment for frame in frames]),
    )


@dataclass(frozen=True)
class Agreement:
    """An operating point beside the reference.

    Attributes:
        num_pairs: Pairs with figures in both.
        num_failed: Pairs without figures here.
        cpu_s_per_pair: CPU seconds of all processes.
        spearman: Rank correlation of each of COMPARED.
        same_verdict: Share of pairs with the same `okHeuristic`.
        auc: Own alignment above any pair's control.
        answering: Share of pairs that answer the music.
    """

    num_pairs: int
    num_failed: int
    cpu_s_per_pair: float
    spearman: tuple[float, ...]
    same_verdict: float
    auc: float
    answering: float


def agreement(rows: Sequence[StudyRow], reference: Sequence[StudyRow]) -> Agreement:
    """Compares rows of the same pairs in the same order."""
    both = [
        (row.figures, other.figures)
        for row, other in zip(rows, reference, strict=True)
        if row.figures is not None and other.figures is not None
    ]
    used_s = [row.cpu_s for row in rows if row.cpu_s is not None]
    return Agreement(
        num_pairs=len(both),
        num_failed=sum(row.figures is None for row in rows),
        cpu_s_per_pair=_mean(used_s),
        spearman=tuple(_spearman(both, name) for name in COMPARED),
        same_verdict=_mean([here.ok_heuristic == there.ok_heuristic for here, there in both]),
        auc=shifted_music(rows).auc_of_any,
        answering=_mean([here.audio_response > RESPONSE_ABOVE for here, _ in both]),
    )


def _spearman(both: Sequence[tuple[StudiedFigures, StudiedFigures]], name: str) -> float:
    value: Callable[[StudiedFigures], float] = lambda figures: getattr(figures, name)  # noqa: E731
    return rank_correlation([value(a) for a, _ in both], [value(b) for _, b in both])


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _nan_if_none(value: float | None) -> float:
    return math.nan if value is None else value
