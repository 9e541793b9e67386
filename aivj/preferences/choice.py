"""Which two pairs to show next: those whose comparison is expected to teach the most.

Knows indices and numbers; nothing of packs, people or pages.
"""

from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import entr, expit

from aivj.preferences.bradley_terry import Floats, Indices, Strengths

MAX_CANDIDATES = 48
"""Pairs whose couples, 1,128 of them, are weighed: in a large pack a draw from the least seen."""

MAX_AHEAD = 2
"""How much oftener than another a pair may be seen: 1 is a round robin, which learns more slowly.

More than 2 teaches no more in simulations, and some pairs would wait long to be seen at all.
"""

_NUM_NODES = 21
_NODES, _WEIGHTS = hermegauss(_NUM_NODES)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


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


def expected_information(mean: Floats, variance: Floats) -> Floats:
    """Returns the information that comparisons are expected to give, in nats.

    With the lead d of the one pair over the other normal, and h the entropy of a coin, that is
    h(E[sigmoid(d)]) - E[h(sigmoid(d))]: high where the model does not know who wins, low where
    nobody can know (BALD; Houlsby, Huszar, Ghahramani and Lengyel, "Bayesian Active Learning for
    Classification and Preference Learning", arXiv:1112.5745, equation 2). Their closed form is for
    the probit; for the logistic curve the expectations are Gauss-Hermite quadratures. That a tie
    is possible is left out of account.

    Args:
        mean: Expected lead, any shape.
        variance: Its variance, above 0, the same shape.

    Returns:
        0 to ln 2, the same shape.
    """
    leads = mean[..., np.newaxis] + np.sqrt(variance)[..., np.newaxis] * _NODES
    chances = expit(leads)
    return _entropy(chances @ _WEIGHTS) - _entropy(chances) @ _WEIGHTS


def _entropy(chance: Floats) -> Floats:
    entropy: Floats = entr(chance) + entr(1 - chance)
    return entropy
