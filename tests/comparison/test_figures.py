import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weighted_samples import TENTHS, one, repeated, samples

from aivj.comparison.figures import auc, compare_figure, pick_uplift, spearman, top20_hit_rate
from aivj.contracts.pick_weights import pick_weight
from aivj.statistics import mean, median, std


@settings(deadline=None)
@given(samples())
def test_weighted_picks_are_expected_as_the_runtimes_wheel_gives_them(sample):
    scores, target, counts = sample
    weights = [pick_weight(score, 4, 0) for score in repeated(scores, counts)]
    worths = repeated(target, counts)
    expected = np.average(worths, weights=weights) - worths.mean()
    assert one(pick_uplift(target), scores, counts) == pytest.approx(expected, abs=1e-9)


def test_a_wheel_that_was_turned_often_agrees():
    rng = np.random.default_rng(1)
    scores, target = rng.random(40), rng.random(40)
    weights = np.array([pick_weight(score, 4, 0) for score in scores])
    picks = rng.choice(40, size=200_000, p=weights / weights.sum())
    figure = pick_uplift(target)(scores, np.ones((40, 1)))[0]
    assert figure == pytest.approx(target[picks].mean() - target.mean(), abs=0.003)


def test_the_best_fifth_begins_where_the_older_tools_put_it():
    target = np.arange(10) / 10
    only_seven, only_six = (np.where(np.arange(10) == best, 1.0, 0.0) for best in (7, 6))
    hits = top20_hit_rate(target)
    assert one(hits, only_seven, np.ones(10)) == pytest.approx(1)
    assert one(hits, only_six, np.ones(10)) == pytest.approx(0, abs=1e-6)
    assert one(hits, np.full(10, 0.5), np.ones(10)) == pytest.approx(0.3)


def figures_of(target):
    return [
        spearman(target),
        pick_uplift(target),
        top20_hit_rate(target),
        auc(target > np.median(target)),
        mean,
        std,
        median,
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=3, max_size=20), st.integers(0, 9))
def test_a_file_differs_from_itself_by_exactly_nothing(rows, seed):
    scores, target = np.array(rows).T
    for figure in figures_of(target):
        found = compare_figure(figure, scores, scores.copy(), seed=seed)
        assert found is None or (found.difference, found.low95, found.high95) == (0, 0, 0)
        assert found is None or found.verdict == "not to be told apart"


def test_what_is_better_is_told_and_what_is_worse_too():
    rng = np.random.default_rng(0)
    target = rng.random(200)
    poor, good = (np.clip(target + rng.normal(0, noise, 200), 0, 1) for noise in (0.8, 0.1))
    for figure in figures_of(target)[:4]:
        better = compare_figure(figure, poor, good, seed=0)
        assert 0 < better.low95 < better.difference < better.high95
        assert better.verdict == "better"
        worse = compare_figure(figure, good, poor, seed=0)
        assert worse.verdict == "worse"
        assert (worse.low95, worse.high95) == pytest.approx((-better.high95, -better.low95))


def test_the_interval_is_that_of_the_normal_approximation():
    rng = np.random.default_rng(2)
    champion, candidate = rng.random(400), rng.random(400) + 0.1
    found = compare_figure(mean, champion, candidate, seed=1)
    half_width = 1.96 * (candidate - champion).std() / 400**0.5
    assert found.low95 == pytest.approx(found.difference - half_width, abs=0.005)
    assert found.high95 == pytest.approx(found.difference + half_width, abs=0.005)


def test_pairs_are_resampled_together():
    """Of each pair the candidate is better by the same: there is nothing to doubt."""
    champion = np.random.default_rng(3).random(50)
    found = compare_figure(mean, champion, champion + 0.1, seed=0)
    assert (found.low95, found.high95) == pytest.approx((0.1, 0.1))


def test_the_seed_decides_the_interval():
    rng = np.random.default_rng(4)
    champion, candidate = rng.random(30), rng.random(30)
    first, again, other = (
        compare_figure(mean, champion, candidate, seed=seed) for seed in (5, 5, 6)
    )
    assert first == again
    assert (first.difference, first.low95) != (other.difference, other.low95)


def test_golden_figures_of_a_small_pack():
    target = np.array([0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9, 1.0])
    champion = np.array([0.5, 0.4, 0.6, 0.3, 0.7, 0.5, 0.6, 0.8])
    candidate = np.array([0.2, 0.3, 0.3, 0.5, 0.4, 0.7, 0.9, 0.8])
    found = compare_figure(spearman(target), champion, candidate, seed=0)
    assert (found.champion, found.candidate) == pytest.approx((0.590404, 0.946125), abs=1e-6)
    assert (found.low95, found.high95) == pytest.approx((-0.2, 1.128210), abs=1e-6)
    uplift = compare_figure(pick_uplift(target), champion, candidate, seed=0)
    assert (uplift.champion, uplift.candidate) == pytest.approx((0.175192, 0.318565), abs=1e-6)
    assert (uplift.low95, uplift.high95) == pytest.approx((-0.013590, 0.347380), abs=1e-6)


@pytest.mark.parametrize("num_items", [0, 1, 2])
def test_too_few_items_say_nothing(num_items):
    scores = np.linspace(0, 1, num_items)
    assert compare_figure(mean, scores, scores, seed=0) is None


def test_scores_without_variation_have_no_rank_correlation():
    flat, target = np.full(5, 0.5), np.arange(5) / 5
    assert compare_figure(spearman(target), flat, target, seed=0) is None
