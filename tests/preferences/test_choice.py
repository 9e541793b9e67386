"""The choice: what it promises of every couple, and that it learns faster than chance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import spearmanr

from aivj.preferences.bradley_terry import (
    STRENGTH_STD,
    Comparisons,
    Prior,
    fit_strengths,
)
from aivj.preferences.choice import MAX_AHEAD, choose_couple, expected_information


class Simulation:
    """A judge with a taste, who is asked about couple after couple."""

    def __init__(self, num_pairs: int, seed: int, *, taste_std: float = STRENGTH_STD) -> None:
        self.random = np.random.default_rng(seed)
        self.taste = self.random.normal(0, taste_std, num_pairs)
        self.usable = np.arange(num_pairs)
        self.couples: list[tuple[int, int]] = []
        self.wins: list[tuple[int, int]] = []

    @property
    def strengths(self):
        winners, losers = np.array(self.wins, dtype=np.intp).reshape(-1, 2).T
        comparisons = Comparisons(winners, losers, np.ones(len(winners)))
        return fit_strengths(comparisons, Prior.ignorant(len(self.taste)))

    @property
    def num_seen(self):
        shown = [pair for couple in self.couples for pair in couple]
        return np.bincount(np.array(shown, dtype=np.intp), minlength=len(self.taste))

    def chosen(self) -> tuple[int, int]:
        couple = choose_couple(
            self.strengths,
            self.num_seen,
            usable=self.usable,
            just_shown=frozenset(self.couples[-1]) if self.couples else frozenset(),
            random=self.random,
        )
        assert couple is not None
        return couple

    def drawn(self) -> tuple[int, int]:
        left, right = self.random.choice(self.usable, 2, replace=False).tolist()
        return left, right

    def ask(self, couple: tuple[int, int]) -> None:
        left, right = couple
        left_wins = self.random.random() < expit(self.taste[left] - self.taste[right])
        self.couples.append(couple)
        self.wins.append((left, right) if left_wins else (right, left))

    def correlation(self) -> float:
        return spearmanr(self.strengths.mean, self.taste).statistic


@settings(deadline=None, max_examples=15)
@given(st.integers(4, 9), st.integers(0, 2**31), st.sets(st.integers(0, 8), max_size=5))
def test_every_couple_keeps_the_promises(num_pairs, seed, failed):
    simulation = Simulation(num_pairs, seed)
    usable = [pair for pair in range(num_pairs) if pair not in failed]
    if len(usable) < 4:
        usable = list(range(num_pairs))
    simulation.usable = np.array(usable)
    for _ in range(2 * num_pairs):
        before = set(simulation.couples[-1]) if simulation.couples else set()
        couple = simulation.chosen()
        assert len(set(couple)) == 2
        assert set(couple) <= set(usable)
        assert not set(couple) & before
        simulation.ask(couple)
        seen = simulation.num_seen[usable]
        assert seen.max() - seen.min() <= MAX_AHEAD
    repeated = Simulation(num_pairs, seed)
    repeated.usable = simulation.usable
    for couple in simulation.couples:
        assert repeated.chosen() == couple
        repeated.ask(couple)


@pytest.mark.parametrize("num_usable", [2, 3])
def test_few_pairs_come_again_since_there_are_no_others(num_usable):
    simulation = Simulation(5, 0)
    simulation.usable = np.array([4, 1, 3][:num_usable])
    for _ in range(3 * num_usable):
        simulation.ask(simulation.chosen())
    assert set(simulation.num_seen[simulation.usable]) <= {num_usable, 2 * num_usable, 6}
    assert simulation.num_seen.sum() == 6 * num_usable


@pytest.mark.parametrize("usable", [[], [2]])
def test_one_pair_is_no_couple(usable):
    simulation = Simulation(4, 0)
    couple = choose_couple(
        simulation.strengths,
        simulation.num_seen,
        usable=np.array(usable, dtype=np.intp),
        just_shown=frozenset(),
        random=simulation.random,
    )
    assert couple is None


def test_both_sides_are_equally_likely():
    simulation = Simulation(6, 3)
    for _ in range(100):
        simulation.ask(simulation.chosen())
    stronger_left = [
        simulation.taste[left] > simulation.taste[right] for left, right in simulation.couples
    ]
    assert 40 <= sum(stronger_left) <= 60


def test_it_needs_fewer_comparisons_than_chance():
    """Over 40 seeds: 24 chosen ones tell 0.885, 24 drawn ones 0.80, and 48 drawn ones 0.88."""
    chosen, drawn = [], []
    for seed in range(8):
        simulation = Simulation(12, seed, taste_std=3.0)
        for _ in range(24):
            simulation.ask(simulation.chosen())
        chosen.append(simulation.correlation())
        simulation = Simulation(12, seed, taste_std=3.0)
        for _ in range(40):
            simulation.ask(simulation.drawn())
        drawn.append(simulation.correlation())
    assert np.mean(chosen) > np.mean(drawn) > 0.8


def test_a_known_ranking_is_found_through_noise():
    simulation = Simulation(8, 1)
    simulation.taste = simulation.random.permutation(np.linspace(-5, 5, 8))
    for _ in range(80):
        simulation.ask(simulation.chosen())
    upsets = [
        simulation.taste[winner] < simulation.taste[loser] for winner, loser in simulation.wins
    ]
    assert any(upsets)
    assert simulation.correlation() > 0.9


means = st.floats(-12, 12)
variances = st.floats(1e-6, 25)


def coin(chance: float) -> float:
    return -sum(p * math.log(p) for p in (chance, 1 - chance) if p > 0)


def by_integration(mean: float, variance: float) -> float:
    def expected(of):
        def weighed(x):
            return of(float(expit(mean + math.sqrt(variance) * x))) * math.exp(-x * x / 2)

        return quad(weighed, -10, 10, limit=300)[0] / math.sqrt(2 * math.pi)

    return coin(expected(lambda chance: chance)) - expected(coin)


@pytest.mark.parametrize("mean", [0.0, 0.7, -3.0, 6.0])
@pytest.mark.parametrize("variance", [0.01, 1.0, 4.5, 9.0])
def test_information_is_the_integral(mean, variance):
    found = expected_information(np.array(mean), np.array(variance))
    assert found == pytest.approx(by_integration(mean, variance), abs=1e-3)


@given(means, variances)
def test_information_is_a_part_of_a_bit_and_the_same_for_both_sides(mean, variance):
    found, turned = expected_information(np.array([mean, -mean]), np.array([variance, variance]))
    assert -1e-12 <= found <= math.log(2)
    assert turned == pytest.approx(found, abs=1e-12)


@given(st.floats(0, 6), st.floats(0.01, 9))
def test_doubt_teaches_and_a_foregone_result_does_not(mean, variance):
    asked = np.array([mean, mean, mean + 0.1]), np.array([variance, variance + 0.1, variance])
    found, in_more_doubt, more_foregone = expected_information(*asked)
    assert more_foregone < found < in_more_doubt


def test_shapes_of_information_are_kept():
    assert expected_information(np.zeros((2, 3)), np.ones((2, 3))).shape == (2, 3)
