"""What a pack's scores let one believe of its pairs before anybody compared them."""

from collections.abc import Mapping, Sequence

import numpy as np

from aivj.preferences.bradley_terry import STRENGTH_STD, Prior

SCORE_CORRELATION = 0.5
"""Assumed correlation of scores with a person's taste: a hint, which comparisons overrule."""


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
