import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aivj.coupling.metrics import auc, ranks, spearman

scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@given(positive=scores, negative=scores)
def test_auc_counts_pairs(positive: list[float], negative: list[float]) -> None:
    wins = [1.0 if p > n else 0.5 if p == n else 0.0 for p in positive for n in negative]
    assert auc(np.array(positive), np.array(negative)) == pytest.approx(np.mean(wins))


@given(scores)
def test_ranks_agree_with_scipy(values: list[float]) -> None:
    np.testing.assert_allclose(ranks(np.array(values)), stats.rankdata(values))


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
