"""How well scores agree with labels.

Every function returns None where nothing can be said: with too few rows, or where a model does not
know a score (NaN).
"""

import numpy as np
import numpy.typing as npt

from aivj import statistics
from aivj.statistics import once

Numbers = npt.NDArray[np.floating]

_NUM_CALIBRATION_BINS = 10


def auc(positive: Numbers, negative: Numbers) -> float | None:
    """Returns the probability that a positive scores above a negative, ties counting half."""
    if len(positive) == 0 or len(negative) == 0 or _lacks_any(positive, negative):
        return None
    scores = np.concatenate([positive, negative])
    is_positive = np.arange(len(scores)) < len(positive)
    return float(statistics.auc(scores, is_positive, once(len(scores)))[0])


def spearman(first: Numbers, second: Numbers) -> float | None:
    """Returns Spearman's rank correlation; None below three values or without variation."""
    few = 3
    if len(first) < few or _lacks_any(first, second):
        return None
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    left, right = (values.astype(np.float64) for values in (first, second))
    return float(statistics.spearman(left, right, once(len(left)))[0])


def pairwise_accuracy(scores: Numbers, targets: Numbers) -> float | None:
    """Returns how often the row with the higher target has the higher score, ties counting half.

    Over all pairs of rows with different targets: (1 + Goodman and Kruskal's gamma with ties) / 2.
    """
    order = np.sign(targets[:, None] - targets[None, :])
    agreed = order * np.sign(scores[:, None] - scores[None, :])
    num_different = np.count_nonzero(order)
    if num_different == 0 or _lacks_any(scores):
        return None
    return float((1 + agreed.sum() / num_different) / 2)


def calibration_error(scores: Numbers, targets: Numbers) -> float | None:
    """Returns the mean distance of mean score and mean target over ten bins of equal count.

    The expected calibration error (Naeini et al. 2015) for targets that are themselves between 0
    and 1, with bins by quantile, so that bunched scores do not share one bin.
    """
    if len(scores) < _NUM_CALIBRATION_BINS or _lacks_any(scores):
        return None
    bins = np.array_split(np.argsort(scores, kind="stable"), _NUM_CALIBRATION_BINS)
    distances = [abs(scores[rows].mean() - targets[rows].mean()) for rows in bins]
    return float(np.average(distances, weights=[len(rows) for rows in bins]))


def cross_entropies(scores: Numbers, targets: Numbers) -> npt.NDArray[np.float64]:
    """Returns the cross-entropy in nats of each score against its target, both 0..1."""
    least = 1e-7
    clipped = np.clip(scores, least, 1 - least)
    losses: npt.NDArray[np.float64] = targets * np.log(clipped) + (1 - targets) * np.log1p(-clipped)
    return -losses


def cross_entropy(scores: Numbers, targets: Numbers) -> float | None:
    """Returns the mean cross-entropy."""
    if len(scores) == 0 or _lacks_any(scores):
        return None
    return float(cross_entropies(scores, targets).mean())


def deviation(scores: Numbers) -> float | None:
    """Returns the population standard deviation; None below two scores."""
    return None if len(scores) <= 1 or _lacks_any(scores) else float(scores.std())


def _lacks_any(*scores: Numbers) -> bool:
    return any(bool(np.isnan(part).any()) for part in scores)
