"""Ranks and what they tell, best shares, and intervals by bootstrap.

Figures are written for weighted samples: `counts` [N, R] says how often each of N items is in each
of R samples, and there are R results. A column of ones is the data themselves, `resamples` are
what a bootstrap draws. Figures that say nothing of a sample, such as a correlation without
variation, are NaN there.
"""

from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NUM_RESAMPLES = 2000
"""How often a bootstrap draws its data again."""

TOP_SHARE = 0.8
"""Where the best fifth begins: the share of items that lie below it."""

_INTERVAL_PERCENT = (2.5, 97.5)
_RESAMPLES_AT_A_TIME = 100


def floor_percentile(values: Collection[float], share: float) -> float:
    """Returns the value at position `floor((n - 1) * share)` of the sorted values; nothing between.

    Args:
        values: One value or more.
        share: 0 for the lowest to 1 for the highest.
    """
    return sorted(values)[int((len(values) - 1) * share)]


def interval95(resampled: Values) -> tuple[float, float]:
    """Returns the percentile bootstrap's 95 % interval of a figure of many resamples."""
    low, high = np.percentile(resampled, _INTERVAL_PERCENT)
    return float(low), float(high)


def resamples(num_items: int, seed: int) -> Iterator[Values]:
    """Yields counts of `NUM_RESAMPLES` resamples, [N, 100] at a time, which bounds the memory."""
    rng = np.random.Generator(np.random.PCG64(seed))
    samples = np.arange(_RESAMPLES_AT_A_TIME)
    for _ in range(NUM_RESAMPLES // _RESAMPLES_AT_A_TIME):
        drawn = rng.integers(num_items, size=(num_items, _RESAMPLES_AT_A_TIME))
        cells = (drawn * _RESAMPLES_AT_A_TIME + samples).ravel()
        counts = np.bincount(cells, minlength=drawn.size)
        yield counts.reshape(drawn.shape).astype(np.float64)


def once(num_items: int) -> Values:
    """Returns the counts [N, 1] of the data themselves: each item once."""
    return np.ones((num_items, 1))


def total(values: Values, counts: Values) -> Values:
    """Returns sums. A matrix product would depend on where in memory the values lie."""
    return np.asarray((values[:, None] * counts).sum(axis=0))


def mean(values: Values, counts: Values) -> Values:
    """Returns means."""
    return np.asarray(total(values, counts) / counts.sum(axis=0))


def std(values: Values, counts: Values) -> Values:
    """Returns population standard deviations."""
    deviations = values[:, None] - mean(values, counts)
    return np.asarray(np.sqrt((deviations**2 * counts).sum(axis=0) / counts.sum(axis=0)))


def median(values: Values, counts: Values) -> Values:
    """Returns medians, half way between the two middle values of an even number."""
    order = np.argsort(values)
    num_up_to = np.cumsum(counts[order], axis=0)
    num_items = num_up_to[-1]
    low = (num_up_to > (num_items - 1) // 2).argmax(axis=0)
    high = (num_up_to > num_items // 2).argmax(axis=0)
    return np.asarray((values[order[low]] + values[order[high]]) / 2)


def ranks(values: Values, counts: Values) -> Values:
    """Returns each value's rank from 1 in each sample [N, R], ties sharing their mean rank."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    is_first = np.concatenate([[True], in_order[1:] != in_order[:-1]])
    in_group = np.add.reduceat(counts[order], is_first.nonzero()[0], axis=0)
    mean_rank = np.cumsum(in_group, axis=0) - (in_group - 1) / 2
    found = np.empty_like(counts)
    found[order] = mean_rank[np.cumsum(is_first) - 1]
    return found


def spearman(first: Values, second: Values, counts: Values) -> Values:
    """Returns Spearman's rank correlations."""
    mean_rank = (counts.sum(axis=0) + 1) / 2
    left, right = (ranks(values, counts) - mean_rank for values in (first, second))
    covariance, left_variance, right_variance = (
        np.einsum("nr,nr,nr->r", counts, one, other)
        for one, other in ((left, right), (left, left), (right, right))
    )
    with np.errstate(invalid="ignore"):
        return np.asarray(covariance / np.sqrt(left_variance * right_variance))


def num_won(scores: Values, positive: Flags, counts: Values) -> Values:
    """Returns in how many couples of a positive and another item the positive scores higher.

    Ties count half: the rank-sum form of Mann and Whitney's U.
    """
    num_positive = counts[positive].sum(axis=0)
    rank_sum = (ranks(scores, counts) * counts)[positive].sum(axis=0)
    return np.asarray(rank_sum - num_positive * (num_positive + 1) / 2)


def auc(scores: Values, positive: Flags, counts: Values) -> Values:
    """Returns the chance that a positive item scores above another (area under the ROC curve).

    Ties count half.
    """
    num_positive, num_negative = counts[positive].sum(axis=0), counts[~positive].sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(num_won(scores, positive, counts) / (num_positive * num_negative))
