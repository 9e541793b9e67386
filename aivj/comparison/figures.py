"""Figures of scores against labels, and how sure the difference between two files of scores is.

Both files are judged on the same resamples (a paired bootstrap), so that a file differs from
itself by exactly 0.
"""

from collections.abc import Callable

import numpy as np

from aivj import statistics
from aivj.contracts.comparison import Difference
from aivj.contracts.pick_weights import PICK_GAMMA, pick_weight
from aivj.statistics import Flags, Values

Figure = Callable[[Values, Values], Values]
"""From scores [N] and counts [N, R] to results [R]; see `aivj.statistics`."""

_MIN_ITEMS = 3


def compare_figure(
    figure: Figure, champion: Values, candidate: Values, *, seed: int
) -> Difference | None:
    """Compares both files' scores of the same N items.

    The interval is the percentile bootstrap's over resamples of the items. Resamples of which a
    figure says nothing, such as one item N times, are left out.

    Returns:
        The comparison, or None where a figure says nothing: of fewer than three items, or without
        variation.
    """
    num_items = len(champion)
    if num_items < _MIN_ITEMS:
        return None
    whole = statistics.once(num_items)
    ours, theirs = float(figure(candidate, whole)[0]), float(figure(champion, whole)[0])
    differences = np.concatenate(
        [
            figure(candidate, counts) - figure(champion, counts)
            for counts in statistics.resamples(num_items, seed)
        ]
    )
    told = differences[np.isfinite(differences)]
    if not np.isfinite([ours, theirs]).all() or len(told) == 0:
        return None
    low95, high95 = statistics.interval95(told)
    return Difference(
        champion=theirs,
        candidate=ours,
        difference=ours - theirs,
        low95=low95,
        high95=high95,
    )


def spearman(target: Values) -> Figure:
    """Returns the figure "Spearman's rank correlation with `target` [N]"."""
    return lambda scores, counts: statistics.spearman(scores, target, counts)


def auc(positive: Flags) -> Figure:
    """Returns the figure "chance that an item of `positive` [N] scores above one of the others"."""
    return lambda scores, counts: statistics.auc(scores, positive, counts)


def pick_uplift(target: Values) -> Figure:
    """Returns the figure "mean `target` [N] of weighted picks above that of shuffled ones".

    Nothing is drawn: the committed runtime's weights say how often each item would be picked.
    """

    def figure(scores: Values, counts: Values) -> Values:
        return _picked_mean(target, scores, counts) - statistics.mean(target, counts)

    return figure


def top20_hit_rate(target: Values) -> Figure:
    """Returns the figure "share of weighted picks among the best fifth by `target` [N]".

    As in the older tools' sweeps, the best fifth begins at `sorted[floor((n - 1) * 0.8)]`.
    """
    threshold = statistics.floor_percentile(target, statistics.TOP_SHARE)
    is_top = (target >= threshold).astype(np.float64)
    return lambda scores, counts: _picked_mean(is_top, scores, counts)


def _picked_mean(values: Values, scores: Values, counts: Values) -> Values:
    """Returns the expected value of a pick by the committed runtime's weights."""
    weights = np.array([pick_weight(score, PICK_GAMMA, 0.0) for score in scores.tolist()])
    return np.asarray(
        statistics.total(weights * values, counts) / statistics.total(weights, counts)
    )
