"""How well scores agree with labels. Every function returns None where nothing can be said."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating]


def ranks(values: Numbers) -> npt.NDArray[np.float64]:
    """Returns ranks from 1, ties sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank: npt.NDArray[np.float64] = last - (counts - 1) / 2
    return mean_rank[inverse]


def auc(positive: Numbers, negative: Numbers) -> float | None:
    """Returns the probability that a positive scores above a negative, ties counting half.

    The rank-sum form of the area under the ROC curve (Mann-Whitney U).
    """
    num_positive, num_negative = len(positive), len(negative)
    if num_positive == 0 or num_negative == 0:
        return None
    rank_sum = ranks(np.concatenate([positive, negative]))[:num_positive].sum()
    smallest = num_positive * (num_positive + 1) / 2
    return float((rank_sum - smallest) / (num_positive * num_negative))


def spearman(first: Numbers, second: Numbers) -> float | None:
    """Returns Spearman's rank correlation; None below three values or without variation."""
    few = 3
    if len(first) < few or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(ranks(first), ranks(second))[0, 1])
