"""Which two pairs to show next: those whose comparison is expected to teach the most.

Knows indices and numbers; nothing of packs, people or pages.
"""

from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from aivj.preferences.bradley_terry import Indices, Strengths
from aivj.preferences.information import expected_information

MAX_CANDIDATES = 48
"""Pairs whose couples, 1,128 of them, are weighed: in a large pack a draw from the least seen."""

MAX_AHEAD = 2
"""How much oftener than another a pair may be seen: 1 is a round robin, which learns more slowly.

More than 2 teaches no more in simulations, and some pairs would wait long to be seen at all.
"""


def choose_couple(
    strengths: Strengths,
    num_seen: npt.NDArray[np.int64],
    *,
    usable: Indices,
    just_shown: AbstractSet[int],
    random: np.random.Generator,
) -> tuple[int, int] | None:
    """Returns the pairs to show on the left and on the right.

    Args:
        strengths: What is believed of all pairs.
        num_seen: How often each pair was shown, shape (num_pairs,).
        usable: Pairs that may be shown.
        just_shown: Pairs that shall rest now; they are shown nevertheless if fewer than two others
            are usable.
        random: Breaks ties, draws the candidates of a large pack, and chooses the sides.

    Returns:
        Their indices; None if fewer than two pairs are usable.
    """
    rested = usable[[pair not in just_shown for pair in usable.tolist()]]
    pool = rested if len(rested) > 1 else usable
    if len(pool) < 2:  # noqa: PLR2004 - a couple
        return None
    candidates = _candidates(pool, num_seen, random)
    first, second = np.triu_indices(len(candidates), 1)
    mean, variance = strengths.differences(candidates)
    best = int(expected_information(mean[first, second], variance[first, second]).argmax())
    couple = candidates[[first[best], second[best]]]
    left, right = random.permutation(couple).tolist()
    return left, right


def _candidates(
    pool: Indices, num_seen: npt.NDArray[np.int64], random: np.random.Generator
) -> Indices:
    """Returns two pairs or more in random order within how often they were seen."""
    shuffled = random.permutation(pool)
    ordered = shuffled[np.argsort(num_seen[shuffled], kind="stable")]
    within = num_seen[ordered] < num_seen[ordered[0]] + MAX_AHEAD
    return ordered[: min(MAX_CANDIDATES, max(2, int(within.sum())))]
