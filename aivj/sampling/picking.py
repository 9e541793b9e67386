"""In which order the pairs of a pack are visited."""

import math
from collections.abc import Collection, Sequence

import numpy as np


def shuffled(pairs: Sequence[int], seed: int) -> list[int]:
    """Returns the pair ids in the order that `seed` gives, whatever order they come in."""
    ordered = sorted(pairs)
    return [ordered[i] for i in np.random.default_rng(seed).permutation(len(ordered))]


def num_to_cover(num_pairs: int, target_coverage: float) -> int:
    """Returns how many pairs make the coverage: the ceiling of their product."""
    return math.ceil(num_pairs * target_coverage)


def remaining(order: Sequence[int], done: Collection[int], target: int) -> list[int]:
    """Returns the pairs still to visit, in order, until `target` of them are done."""
    visited = set(done)
    missing = [pair for pair in order if pair not in visited]
    return missing[: max(0, target - len(visited & set(order)))]
