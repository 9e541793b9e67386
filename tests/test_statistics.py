"""Figures for weighted samples against plain ones of the same items repeated."""

import statistics as plain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from weighted_samples import one, repeated, samples

from aivj import statistics


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30))
def test_ranks_agree_with_scipy(values):
    found = statistics.ranks(np.array(values), statistics.once(len(values)))
    assert found[:, 0].tolist() == stats.rankdata(values).tolist()


@settings(deadline=None)
@given(samples())
def test_spearman_is_that_of_the_items_repeated(sample):
    scores, target, counts = sample
    first, second = repeated(scores, counts), repeated(target, counts)

    def spearman(scores, counts):
        return statistics.spearman(scores, target, counts)

    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        assert one(spearman, scores, counts) is None
    else:
        expected = stats.spearmanr(first, second).statistic
        assert one(spearman, scores, counts) == pytest.approx(expected)


@settings(deadline=None)
@given(samples())
def test_auc_is_that_of_the_items_repeated(sample):
    scores, target, counts = sample
    positive = target >= 0.5
    ups, downs = (repeated(scores[part], counts[part]) for part in (positive, ~positive))
    wins = [1.0 if up > down else 0.5 if up == down else 0.0 for up in ups for down in downs]
    found = one(lambda *of: statistics.auc(of[0], positive, of[1]), scores, counts)
    assert found == (pytest.approx(plain.fmean(wins)) if wins else None)


@settings(deadline=None)
@given(samples())
def test_spread_and_middle_are_those_of_the_items_repeated(sample):
    scores, _, counts = sample
    items = repeated(scores, counts)
    assert one(statistics.std, scores, counts) == pytest.approx(plain.pstdev(items), abs=1e-9)
    assert one(statistics.median, scores, counts) == pytest.approx(plain.median(items))
    assert one(statistics.mean, scores, counts) == pytest.approx(plain.fmean(items))


def test_resamples_are_as_many_as_promised_and_hold_as_many_items():
    counts = np.concatenate(list(statistics.resamples(7, 0)), axis=1)
    assert counts.shape == (7, 2000)
    assert set(counts.sum(axis=0)) == {7}
    assert counts.mean(axis=1) == pytest.approx(np.ones(7), abs=0.1)
