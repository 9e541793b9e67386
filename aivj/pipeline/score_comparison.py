"""Figures of scores against labels, and how sure the difference between two files of scores is.

Every figure is written for weighted samples: `counts` [N, R] says how often each of N items is in
each of R samples, and there are R results. A column of ones is the data themselves, other columns
are bootstrap resamples. Both files are judged on the same resamples (a paired bootstrap), so that
a file differs from itself by exactly 0.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel
from aivj.contracts.pick_weights import pick_weight

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Figure = Callable[[Values, Values], Values]
"""From scores [N] and counts [N, R] to results [R]."""

Verdict = Literal["better", "worse", "not to be told apart"]

PICK_GAMMA = 4.0
"""How much weighted picks prefer a better score, here as in the gate."""

NUM_RESAMPLES = 2000
_RESAMPLES_AT_A_TIME = 100
_INTERVAL_PERCENT = (2.5, 97.5)
_TOP_SHARE = 0.8
_MIN_ITEMS = 3


class Difference(ContractModel):
    """One figure of both files.

    Attributes:
        champion: The champion's.
        candidate: The candidate's.
        difference: The candidate's less the champion's.
        low95: Lower end of the difference's 95 % interval.
        high95: Upper end.
    """

    champion: Number
    candidate: Number
    difference: Number
    low95: Number
    high95: Number

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the candidate, where more is better."""
        if self.low95 > 0:
            return "better"
        return "worse" if self.high95 < 0 else "not to be told apart"


def compare_figure(
    figure: Figure, champion: Values, candidate: Values, *, seed: int
) -> Difference | None:
    """Compares both files' scores of the same N items.

    The interval is the percentile bootstrap's over 2,000 resamples of the items. Resamples of
    which a figure says nothing, such as one item N times, are left out.

    Returns:
        The comparison, or None where a figure says nothing: of fewer than three items, or without
        variation.
    """
    num_items = len(champion)
    if num_items < _MIN_ITEMS:
        return None
    whole = np.ones((num_items, 1))
    ours, theirs = float(figure(candidate, whole)[0]), float(figure(champion, whole)[0])
    differences = np.concatenate(
        [
            figure(candidate, counts) - figure(champion, counts)
            for counts in _resamples(num_items, seed)
        ]
    )
    told = differences[np.isfinite(differences)]
    if not np.isfinite([ours, theirs]).all() or len(told) == 0:
        return None
    low95, high95 = np.percentile(told, _INTERVAL_PERCENT)
    return Difference(
        champion=theirs,
        candidate=ours,
        difference=ours - theirs,
        low95=float(low95),
        high95=float(high95),
    )


def spearman(target: Values) -> Figure:
    """Returns the figure "Spearman's rank correlation with `target` [N]"."""

    def figure(scores: Values, counts: Values) -> Values:
        mean_rank = (counts.sum(axis=0) + 1) / 2
        first, second = _ranks(scores, counts) - mean_rank, _ranks(target, counts) - mean_rank
        covariance, first_variance, second_variance = (
            np.einsum("nr,nr,nr->r", counts, left, right)
            for left, right in ((first, second), (first, first), (second, second))
        )
        with np.errstate(invalid="ignore"):
            return np.asarray(covariance / np.sqrt(first_variance * second_variance))

    return figure


def pick_uplift(target: Values) -> Figure:
    """Returns the figure "mean `target` [N] of weighted picks above that of shuffled ones".

    Nothing is drawn: the committed runtime's weights say how often each item would be picked.
    """

    def figure(scores: Values, counts: Values) -> Values:
        return _picked_mean(target, scores, counts) - mean(target, counts)

    return figure


def top20_hit_rate(target: Values) -> Figure:
    """Returns the figure "share of weighted picks among the best fifth by `target` [N]".

    As in the older tools' sweeps, the best fifth begins at `sorted[floor((n - 1) * 0.8)]`.
    """
    threshold = np.sort(target)[int((len(target) - 1) * _TOP_SHARE)]
    is_top = (target >= threshold).astype(np.float64)

    def figure(scores: Values, counts: Values) -> Values:
        return _picked_mean(is_top, scores, counts)

    return figure


def auc(positive: Flags) -> Figure:
    """Returns the figure "chance that an item of `positive` [N] scores above one of the others".

    Ties count half: the rank-sum form of the area under the ROC curve (Mann-Whitney U).
    """

    def figure(scores: Values, counts: Values) -> Values:
        num_positive, num_negative = counts[positive].sum(axis=0), counts[~positive].sum(axis=0)
        rank_sum = (_ranks(scores, counts) * counts)[positive].sum(axis=0)
        smallest = num_positive * (num_positive + 1) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((rank_sum - smallest) / (num_positive * num_negative))

    return figure


def mean(values: Values, counts: Values) -> Values:
    """Returns means."""
    return np.asarray(_total(values, counts) / counts.sum(axis=0))


def std(scores: Values, counts: Values) -> Values:
    """Returns population standard deviations."""
    deviations = scores[:, None] - mean(scores, counts)
    return np.asarray(np.sqrt((deviations**2 * counts).sum(axis=0) / counts.sum(axis=0)))


def median(scores: Values, counts: Values) -> Values:
    """Returns medians, half way between the two middle values of an even number."""
    order = np.argsort(scores)
    num_up_to = np.cumsum(counts[order], axis=0)
    num_items = num_up_to[-1]
    low = (num_up_to > (num_items - 1) // 2).argmax(axis=0)
    high = (num_up_to > num_items // 2).argmax(axis=0)
    return np.asarray((scores[order[low]] + scores[order[high]]) / 2)


def _picked_mean(values: Values, scores: Values, counts: Values) -> Values:
    """Returns the expected value of a pick by the committed runtime's weights."""
    weights = np.array([pick_weight(score, PICK_GAMMA, 0.0) for score in scores.tolist()])
    return np.asarray(_total(weights * values, counts) / _total(weights, counts))


def _total(values: Values, counts: Values) -> Values:
    """Returns sums. A matrix product would depend on where in memory the values lie."""
    return np.asarray((values[:, None] * counts).sum(axis=0))


def _ranks(values: Values, counts: Values) -> Values:
    """Returns each value's rank from 1 in each sample [N, R], ties sharing their mean rank."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    is_first = np.concatenate([[True], in_order[1:] != in_order[:-1]])
    in_group = np.add.reduceat(counts[order], is_first.nonzero()[0], axis=0)
    mean_rank = np.cumsum(in_group, axis=0) - (in_group - 1) / 2
    ranks = np.empty_like(counts)
    ranks[order] = mean_rank[np.cumsum(is_first) - 1]
    return ranks


def _resamples(num_items: int, seed: int) -> Iterator[Values]:
    """Yields [N, 100] counts at a time, which bounds the memory."""
    rng = np.random.Generator(np.random.PCG64(seed))
    samples = np.arange(_RESAMPLES_AT_A_TIME)
    for _ in range(NUM_RESAMPLES // _RESAMPLES_AT_A_TIME):
        drawn = rng.integers(num_items, size=(num_items, _RESAMPLES_AT_A_TIME))
        cells = (drawn * _RESAMPLES_AT_A_TIME + samples).ravel()
        counts = np.bincount(cells, minlength=drawn.size)
        yield counts.reshape(drawn.shape).astype(np.float64)
