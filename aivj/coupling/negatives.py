"""Synthetic negatives: the foreground of one pair with the background of a distant one.

Pairs that stand close together in a pack were often made from the same parameters, so crossing
neighbours gives pairs that may be good. Only distant ones are crossed.
"""

import numpy as np

from aivj.coupling.training_set import IntArray


def feasible_distance(num_pairs: int, requested: int) -> int:
    """Returns the distance to use in a pack: `requested`, or what a small pack allows.

    That is half the pack, the largest distance at which every pair still has a partner, and at
    least 1, since a pair crossed with itself is no negative.
    """
    return max(1, min(requested, num_pairs // 2))


def num_crossings(num_pairs: int, distance: int) -> int:
    """Counts the ordered (i, j) in a pack with |i - j| >= distance."""
    rest = max(0, num_pairs - distance)
    return rest * (rest + 1)


def draw_crossings(
    num_pairs: int, *, distance: int, num_samples: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draws different (i, j) with |i - j| >= distance, uniformly and without replacement.

    Returns:
        Positions of the pairs that give the foreground and of those that give the background,
        each [K] with K the smaller of `num_samples` and what there is.
    """
    available = num_crossings(num_pairs, distance)
    drawn = rng.choice(available, size=min(num_samples, available), replace=False)
    flipped, index = drawn % 2 == 1, drawn // 2
    # Lower position i has num_pairs - distance - i partners above it: i is found in their sums.
    ends = np.cumsum(np.arange(num_pairs - distance, 0, -1, dtype=np.int64))
    low = np.searchsorted(ends, index, side="right").astype(np.int64)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends])[low]
    high = low + distance + (index - starts)
    return np.where(flipped, high, low), np.where(flipped, low, high)
