"""Strengths against dense algebra, a sampled posterior, and known rankings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import spearmanr

from aivj.preferences.bradley_terry import (
    SCORE_CORRELATION,
    STRENGTH_STD,
    Comparisons,
    Prior,
    fit_strengths,
    prior_from_scores,
)

NUM_PAIRS = 5

couples = st.tuples(st.integers(0, NUM_PAIRS - 1), st.integers(0, NUM_PAIRS - 1)).filter(
    lambda couple: couple[0] != couple[1]
)
judged = st.lists(st.tuples(couples, st.sampled_from([0.5, 1.0])), max_size=40)


def compared(rows) -> Comparisons:
    winners = np.array([winner for (winner, _), _ in rows], dtype=np.intp)
    losers = np.array([loser for (_, loser), _ in rows], dtype=np.intp)
    return Comparisons(winners, losers, np.array([points for _, points in rows]))


def simulated(num_pairs, num_comparisons, seed) -> tuple[np.ndarray, Comparisons]:
    random = np.random.default_rng(seed)
    truth = random.normal(0, STRENGTH_STD, num_pairs)
    first = random.integers(0, num_pairs, num_comparisons)
    second = (first + random.integers(1, num_pairs, num_comparisons)) % num_pairs
    first_wins = random.random(num_comparisons) < expit(truth[first] - truth[second])
    winners, losers = np.where(first_wins, [first, second], [second, first])
    return truth, Comparisons(winners, losers, np.ones(num_comparisons))


def dense_precision(strengths, comparisons, prior) -> np.ndarray:
    precision = np.diag(prior.std**-2.0)
    for winner, loser in zip(comparisons.winners, comparisons.losers, strict=True):
        apart = np.zeros(len(prior.std))
        apart[[winner, loser]] = 1, -1
        chance = expit(strengths @ apart)
        precision += chance * (1 - chance) * np.outer(apart, apart)
    return precision


@settings(deadline=None, max_examples=50)
@given(judged, st.lists(st.floats(-3, 3), min_size=NUM_PAIRS, max_size=NUM_PAIRS))
def test_the_mode_has_no_slope_and_the_covariance_is_the_inverse_curvature(rows, means):
    comparisons = compared(rows)
    prior = Prior(np.array(means), np.linspace(0.5, 2, NUM_PAIRS))
    found = fit_strengths(comparisons, prior)
    slope = (prior.mean - found.mean) / prior.std**2
    for (winner, loser), points in rows:
        surprise = points - expit(found.mean[winner] - found.mean[loser])
        slope[winner] += surprise
        slope[loser] -= surprise
    assert np.abs(slope).max() < 1e-4
    expected = np.linalg.inv(dense_precision(found.mean, comparisons, prior))
    some = np.array([3, 0, 4])
    assert found.covariance(some) == pytest.approx(expected[np.ix_(some, some)], abs=1e-5)


@settings(deadline=None, max_examples=50)
@given(judged)
def test_the_order_of_judgements_and_who_is_named_first_in_a_tie_do_not_matter(rows):
    prior = Prior.ignorant(NUM_PAIRS)
    turned = [((b, a) if points < 1 else (a, b), points) for (a, b), points in reversed(rows)]
    found, same = (fit_strengths(compared(each), prior) for each in (rows, turned))
    assert same.mean == pytest.approx(found.mean, abs=1e-4)


@settings(deadline=None, max_examples=50)
@given(judged, couples)
def test_a_win_lifts_the_winner_and_makes_the_couple_surer(rows, couple):
    prior = Prior.ignorant(NUM_PAIRS)
    before = fit_strengths(compared(rows), prior)
    after = fit_strengths(compared([*rows, (couple, 1.0)]), prior)
    winner, loser = couple
    assert after.mean[winner] > before.mean[winner] - 1e-4
    assert after.mean[loser] < before.mean[loser] + 1e-4


def test_without_judgements_there_is_only_the_prior():
    prior = Prior(np.array([0.3, -1.0, 0.0]), np.array([1.0, 2.0, 0.5]))
    found = fit_strengths(compared([]), prior)
    assert found.mean == pytest.approx(prior.mean)
    assert found.covariance(np.arange(3)) == pytest.approx(np.diag(prior.std**2))
    mean, variance = found.differences(np.array([0, 1]))
    assert mean == pytest.approx(np.array([[0, 1.3], [-1.3, 0]]))
    assert variance == pytest.approx(np.array([[0, 5.0], [5.0, 0]]))


def test_a_thousand_wins_against_a_strong_prior_are_believed():
    prior = Prior(np.array([-20.0, 20.0]), np.array([1.5, 1.5]))
    found = fit_strengths(compared([((0, 1), 1.0)] * 1000), prior)
    assert found.mean[0] > found.mean[1]
    assert np.isfinite(found.mean).all()


def test_noisy_judges_are_seen_through():
    correlations = []
    for seed in range(5):
        truth, comparisons = simulated(20, 800, seed)
        found = fit_strengths(comparisons, Prior.ignorant(20))
        correlations.append(spearmanr(found.mean, truth).statistic)
    assert np.mean(correlations) > 0.95


def test_certainty_grows_from_a_guess_and_is_what_comes_true():
    """Where the model holds, as many couples are in the right order as it says."""
    everything = np.arange(20)
    claimed, true = [], []
    for num_comparisons in (0, 40, 400):
        certainties, shares = [], []
        for seed in range(8):
            truth, comparisons = simulated(20, num_comparisons, seed)
            found = fit_strengths(comparisons, Prior.ignorant(20))
            certainties.append(found.order_certainty01(everything))
            first, second = np.triu_indices(20, 1)
            right = (truth[first] - truth[second]) * (found.mean[first] - found.mean[second]) > 0
            shares.append(right.mean())
        claimed.append(np.mean(certainties))
        true.append(np.mean(shares))
    assert claimed[0] == 0.5
    assert claimed[0] < claimed[1] < claimed[2] < 1
    assert claimed[1:] == pytest.approx(true[1:], abs=0.04)


def test_three_thousand_pairs_are_ordered_by_six_thousand_judgements():
    truth, comparisons = simulated(3000, 6000, 0)
    found = fit_strengths(comparisons, Prior.ignorant(3000))
    assert np.corrcoef(found.mean, truth)[0, 1] > 0.7


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
