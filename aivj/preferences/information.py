"""What a comparison would teach: mutual information of its outcome and the strengths."""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import entr, expit

from aivj.preferences.bradley_terry import Floats

_NUM_NODES = 21
_NODES, _WEIGHTS = hermegauss(_NUM_NODES)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


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
