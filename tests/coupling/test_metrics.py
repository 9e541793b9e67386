from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aivj.coupling.metrics import (
    auc,
    calibration_error,
    cross_entropy,
    deviation,
    pairwise_accuracy,
    spearman,
)

scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@given(positive=scores, negative=scores)
def test_auc_counts_pairs(positive: list[float], negative: list[float]) -> None:
    wins = [1.0 if p > n else 0.5 if p == n else 0.0 for p in positive for n in negative]
    assert auc(np.array(positive), np.array(negative)) == pytest.approx(np.mean(wins))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_spearman_agrees_with_scipy(points: list[tuple[int, int]]) -> None:
    first, second = np.array(points, dtype=np.float64).T
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        assert spearman(first, second) is None
    else:
        assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)


def test_too_few_rows_say_nothing() -> None:
    one, none = np.ones(1), np.zeros(0)
    assert auc(one, none) is None
    assert auc(none, one) is None
    assert spearman(np.arange(2.0), np.arange(2.0)) is None
    assert pairwise_accuracy(one, one) is None
    assert calibration_error(np.ones(9), np.ones(9)) is None
    assert cross_entropy(none, none) is None


def test_a_score_that_is_not_known_leaves_nothing_to_say() -> None:
    known, gap = np.linspace(0.1, 0.9, 12), np.array([0.5, np.nan] * 6)
    assert auc(known, gap) is None
    for figure in (spearman, pairwise_accuracy, calibration_error, cross_entropy):
        assert figure(gap, known) is None
    assert deviation(gap) is None
    assert deviation(known) == pytest.approx(known.std())


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=20))
def test_pairwise_accuracy_counts_pairs(points: list[tuple[int, int]]) -> None:
    agreed = [
        1.0 if (a > b) == (s > t) and s != t else 0.5 if s == t else 0.0
        for (s, a), (t, b) in combinations(points, 2)
        if a != b
    ]
    values, targets = np.array(points, dtype=np.float64).T
    if agreed:
        assert pairwise_accuracy(values, targets) == pytest.approx(np.mean(agreed))
    else:
        assert pairwise_accuracy(values, targets) is None


def test_calibration_error_is_the_distance_of_each_tenth() -> None:
    targets = np.repeat(np.linspace(0.05, 0.95, 10), 20)
    order = np.random.default_rng(0).permutation(200)
    assert calibration_error(targets[order], targets[order]) == pytest.approx(0)
    assert calibration_error(targets[order] / 2, targets[order]) == pytest.approx(0.25)
    assert calibration_error(np.full(200, 0.5), targets) == pytest.approx(0.25)


def test_cross_entropy_is_least_at_the_targets() -> None:
    targets = np.array([0.2, 0.9])
    entropy = -(targets * np.log(targets) + (1 - targets) * np.log(1 - targets)).mean()
    assert cross_entropy(targets, targets) == pytest.approx(entropy)
    assert cross_entropy(np.array([0.0, 1.0]), targets) > entropy
