"""Strengths of pairs from comparisons: Bradley and Terry's model with a Gaussian prior.

The probability that `a` is preferred to `b` is sigmoid(strength of a - strength of b); a tie is
half a win for each (Bradley and Terry, Biometrika 39, 1952). The posterior is approximated by a
Gaussian at its mode (Laplace). Its precision is the Laplacian of the graph of comparisons, with the
prior on the diagonal: sparse, so nothing here is of size pairs x pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import expit, ndtr

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

STRENGTH_STD = 1.5
"""How far strengths spread: of two pairs at random, the stronger one is preferred 4 times of 5."""

SCORE_CORRELATION = 0.5
"""Assumed correlation of scores with a person's taste: a hint, which comparisons overrule."""

_SLOPE_TOLERANCE = 1e-8
_STEP_TOLERANCE = 1e-9
_RESIDUAL_TOLERANCE = 1e-6
_MAX_STEPS = 1000


@dataclass(frozen=True, eq=False)
class Prior:
    """What is believed of each pair before it was compared.

    Attributes:
        mean: Expected strength, float64 of shape (num_pairs,).
        std: Standard deviation, above 0, the same shape.
    """

    mean: Floats
    std: Floats

    @classmethod
    def ignorant(cls, num_pairs: int) -> "Prior":
        """Returns the belief that all pairs are alike until they are seen."""
        return cls(np.zeros(num_pairs), np.full(num_pairs, STRENGTH_STD))


def prior_from_scores(pairs: Sequence[int], scores: Mapping[int, float]) -> Prior:
    """Returns the belief that scores support.

    Of two normal variables with correlation r, one standardised value z of the one predicts
    r z standard deviations of the other, and leaves sqrt(1 - r^2) of its spread. A pair without a
    score is believed to be like any other.

    Args:
        pairs: Ids of all pairs.
        scores: Scores by pair id; their scale does not matter.
    """
    values = np.array([scores.get(pair, np.nan) for pair in pairs])
    known = np.isfinite(values)
    spread = float(values[known].std()) if known.any() else 0.0
    if spread == 0:
        return Prior.ignorant(len(pairs))
    standardised = (values - values[known].mean()) / spread
    mean = np.where(known, SCORE_CORRELATION * STRENGTH_STD * standardised, 0.0)
    left = np.where(known, np.sqrt(1 - SCORE_CORRELATION**2), 1.0)
    return Prior(mean, STRENGTH_STD * left)


@dataclass(frozen=True, eq=False)
class Comparisons:
    """What was judged, by the pairs' indices.

    Attributes:
        winners: The better pair of each comparison, shape (num_comparisons,).
        losers: The other pair, the same shape.
        points: What the winner got: 1, or 0.5 in a tie.
    """

    winners: Indices
    losers: Indices
    points: Floats


@dataclass(frozen=True, eq=False)
class Strengths:
    """A Gaussian over the strengths of all pairs.

    Attributes:
        mean: Most probable strengths, float64 of shape (num_pairs,).
        precision: Inverse of their covariance, sparse, (num_pairs, num_pairs).
    """

    mean: Floats
    precision: csr_array

    def covariance(self, pairs: Indices) -> Floats:
        """Returns the covariance of some pairs' strengths, shape (len(pairs), len(pairs))."""
        units = np.zeros((len(self.mean), len(pairs)))
        units[pairs, np.arange(len(pairs))] = 1
        return _solved(self.precision, units)[pairs]

    def differences(self, pairs: Indices) -> tuple[Floats, Floats]:
        """Returns mean and variance of how much stronger each pair is than each other.

        Both are of shape (len(pairs), len(pairs)); rows are the first, columns the second pair.
        """
        covariance = self.covariance(pairs)
        variances = np.diag(covariance)
        mean = self.mean[pairs, np.newaxis] - self.mean[pairs]
        return mean, variances[:, np.newaxis] + variances - covariance - covariance.T

    def order_certainty01(self, pairs: Indices) -> float:
        """Returns how sure the order of some pairs is: 0.5 when it is a guess, 1 when it is known.

        That is the probability that two of them, drawn at random, are in the right order.
        """
        first, second = np.triu_indices(len(pairs), 1)
        mean, variance = (each[first, second] for each in self.differences(pairs))
        return float(ndtr(np.abs(mean) / np.sqrt(variance)).mean())


def fit_strengths(comparisons: Comparisons, prior: Prior) -> Strengths:
    """Returns the posterior of the strengths; it depends on its arguments alone.

    Newton's method, with steps halved until they lead down. That needs no BLAS, whose threads cost
    more than they save on vectors of this size when other programs are running.
    """
    mean = prior.mean
    here = _loss(mean, comparisons, prior)
    while np.abs(here.slope).max() > _SLOPE_TOLERANCE:
        step = _solved(here.curvature, here.slope[:, np.newaxis])[:, 0]
        there = _loss(mean - step, comparisons, prior)
        while there.value > here.value and np.abs(step).max() > _STEP_TOLERANCE:
            step /= 2
            there = _loss(mean - step, comparisons, prior)
        if there.value >= here.value:
            break  # What is left to gain is less than rounding takes.
        mean, here = mean - step, there
    return Strengths(mean, here.curvature)


class _Loss(NamedTuple):
    """Minus the logarithm of the posterior at some strengths, with its derivatives."""

    value: float
    slope: Floats
    curvature: csr_array


def _loss(strengths: Floats, comparisons: Comparisons, prior: Prior) -> _Loss:
    winners, losers, points = comparisons.winners, comparisons.losers, comparisons.points
    num_pairs = len(strengths)
    lead = strengths[winners] - strengths[losers]
    chances = expit(lead)
    apart = (strengths - prior.mean) / prior.std
    value = (np.logaddexp(0, lead) - points * lead).sum() + (apart**2).sum() / 2
    surplus = chances - points
    pull = np.bincount(winners, surplus, num_pairs) - np.bincount(losers, surplus, num_pairs)
    curvature = _precision(comparisons, chances * (1 - chances), prior.std**-2)
    return _Loss(float(value), pull + apart / prior.std, curvature)


def _precision(comparisons: Comparisons, weights: Floats, prior_precision: Floats) -> csr_array:
    """Returns the Laplacian of the graph of comparisons, with the prior on its diagonal."""
    winners, losers, own = comparisons.winners, comparisons.losers, np.arange(len(prior_precision))
    rows = np.concatenate([winners, losers, winners, losers, own])
    columns = np.concatenate([winners, losers, losers, winners, own])
    values = np.concatenate([weights, weights, -weights, -weights, prior_precision])
    return csr_array(  # type: ignore[no-untyped-call]  # scipy has no types
        (values, (rows, columns)), shape=(len(own), len(own))
    )


def _solved(matrix: csr_array, right: Floats) -> Floats:
    """Solves for many right-hand sides at once by conjugate gradients, scaled by the diagonal.

    A factorisation would be exact, but fills up when everything was compared with everything: at
    3,000 pairs and 20,000 comparisons it takes a second. The prior keeps the matrix so well
    conditioned that about ten steps do.
    """
    diagonal: Floats = matrix.diagonal()  # type: ignore[no-untyped-call]  # scipy has no types
    scale = 1 / diagonal[:, np.newaxis]
    solution = np.zeros_like(right)
    residual = right.copy()
    direction = scaled = scale * residual
    power = (residual * scaled).sum(axis=0)
    goal = _RESIDUAL_TOLERANCE * np.abs(right).max(axis=0)
    for _ in range(_MAX_STEPS):
        if (np.abs(residual).max(axis=0) <= goal).all():
            break
        image = matrix @ direction
        # A column that is solved exactly has nothing left to divide by.
        step = power / np.maximum((direction * image).sum(axis=0), np.finfo(float).tiny)
        solution += step * direction
        residual -= step * image
        scaled = scale * residual
        before, power = power, (residual * scaled).sum(axis=0)
        direction = scaled + power / np.maximum(before, np.finfo(float).tiny) * direction
    return solution
