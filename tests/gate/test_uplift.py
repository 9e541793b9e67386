import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.gate.uplift import measure_uplift

PACK = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def picks(*scores):
    return [(round(score * 10), score) for score in scores]


def test_figures_of_two_small_arms():
    uplift = measure_uplift(picks(0.8, 0.9, 1.0, 1.0), picks(0.2, 0.5, 0.8), PACK, seed=0)
    assert uplift.top20_threshold == 0.8
    assert uplift.mean == pytest.approx(0.425)
    assert uplift.ratio == pytest.approx(0.925 / 0.5)
    assert uplift.weighted.unique_pairs == 3
    assert (uplift.weighted.p50, uplift.weighted.p90) == (0.9, 1.0)
    assert uplift.weighted.top20_hit_rate == 1
    assert uplift.shuffle.top20_hit_rate == pytest.approx(1 / 3)


def test_the_interval_narrows_with_the_samples_and_repeats_with_the_seed():
    few = measure_uplift(picks(0.6, 0.9) * 10, picks(0.2, 0.6) * 10, PACK, seed=3)
    many = measure_uplift(picks(0.6, 0.9) * 250, picks(0.2, 0.6) * 250, PACK, seed=3)
    again = measure_uplift(picks(0.6, 0.9) * 250, picks(0.2, 0.6) * 250, PACK, seed=3)
    assert many == again
    assert few.high95 - few.low95 > 3 * (many.high95 - many.low95)


def test_the_interval_is_that_of_the_normal_approximation():
    uplift = measure_uplift(picks(0.6, 0.9) * 200, picks(0.2, 0.6) * 200, PACK, seed=1)
    half_width = 1.96 * ((0.15**2 + 0.2**2) / 400) ** 0.5
    assert uplift.low95 == pytest.approx(uplift.mean - half_width, abs=0.004)
    assert uplift.high95 == pytest.approx(uplift.mean + half_width, abs=0.004)


def test_nothing_picked_but_zeros_has_no_ratio():
    assert measure_uplift(picks(0.5), picks(0.0), PACK, seed=0).ratio is None


@settings(deadline=None)
@given(st.lists(st.sampled_from(PACK), min_size=1), st.lists(st.sampled_from(PACK), min_size=1))
def test_the_interval_holds_only_differences_that_can_be(weighted, shuffle):
    uplift = measure_uplift(picks(*weighted), picks(*shuffle), PACK, seed=0)
    lowest, highest = min(weighted) - max(shuffle), max(weighted) - min(shuffle)
    assert lowest - 1e-9 <= uplift.low95 <= uplift.high95 <= highest + 1e-9
    assert lowest - 1e-9 <= uplift.mean <= highest + 1e-9
