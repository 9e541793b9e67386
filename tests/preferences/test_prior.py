import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.preferences.bradley_terry import STRENGTH_STD
from aivj.preferences.prior import SCORE_CORRELATION, prior_from_scores

hundredths = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
spread_scores = st.lists(hundredths, min_size=2, max_size=20, unique=True)


@given(spread_scores, st.floats(0.1, 10), st.floats(-5, 5))
def test_scores_are_a_hint_whatever_their_scale(scores, scale, shift):
    pairs = range(10, 10 + len(scores))
    prior = prior_from_scores(pairs, dict(zip(pairs, scores, strict=True)))
    assert prior.mean.mean() == pytest.approx(0, abs=1e-9)
    assert prior.mean.std() == pytest.approx(SCORE_CORRELATION * STRENGTH_STD)
    assert prior.mean.var() + prior.std[0] ** 2 == pytest.approx(STRENGTH_STD**2)
    assert np.argsort(prior.mean).tolist() == np.argsort(scores).tolist()
    stretched = {pair: scale * score + shift for pair, score in zip(pairs, scores, strict=True)}
    assert prior_from_scores(pairs, stretched).mean == pytest.approx(prior.mean, abs=1e-6)


def test_a_pair_without_a_score_is_like_any_other():
    prior = prior_from_scores([5, 6, 7], {5: 0.2, 7: 0.8})
    assert prior.mean[1] == 0
    assert prior.mean[2] == pytest.approx(-prior.mean[0])
    assert prior.mean[2] > 0
    assert prior.std[1] == STRENGTH_STD > prior.std[0]


@pytest.mark.parametrize("scores", [{}, {5: 0.4}, {5: 0.4, 6: 0.4}, {99: 0.1, 98: 0.9}])
def test_scores_that_tell_nothing_apart_say_nothing(scores):
    prior = prior_from_scores([5, 6, 7], scores)
    assert prior.mean.tolist() == [0, 0, 0]
    assert prior.std.tolist() == [STRENGTH_STD] * 3
