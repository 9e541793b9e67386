"""Pairs are chosen within the caps, the same ones each time, better and more varied than chance."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from curation.made_candidates import made_candidates, mean_likeness
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.curation.candidates import Candidates
from aivj.curation.choosing import Choosing, Method, choose
from aivj.curation.vendi import vendi_score

METHODS: tuple[Method, ...] = ("mmr", "dpp", "assignment")
HOW = Choosing(num=20, max_uses=3, variety=0.4, method="mmr")


def uses(chosen: Candidates) -> Counter[int]:
    return Counter([*chosen.foreground.tolist(), *chosen.background.tolist()])


@pytest.mark.parametrize("method", METHODS)
@given(
    num_presets=st.integers(2, 9),
    num=st.integers(1, 40),
    max_uses=st.integers(1, 4),
    variety=st.floats(0, 1),
    seed=st.integers(0, 100),
)
@settings(max_examples=40, deadline=None)
def test_no_preset_comes_too_often_and_no_two_presets_meet_twice(
    method: Method, num_presets: int, num: int, max_uses: int, variety: float, seed: int
) -> None:
    candidates = made_candidates(num_presets=num_presets, seed=seed)
    places = choose(candidates, Choosing(num, max_uses, variety, method))
    chosen = candidates.at(places)
    assert 1 <= len(chosen) <= num
    assert max(uses(chosen).values()) <= (1 if method == "assignment" else max_uses)
    met = {frozenset(pair) for pair in zip(chosen.foreground, chosen.background, strict=True)}
    assert len(met) == len(chosen)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_candidates_give_the_same_choice(method: Method) -> None:
    first, second = (choose(made_candidates(), replace(HOW, method=method)) for _ in range(2))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_a_choice_is_better_and_more_varied_than_pairs_at_random(method: Method) -> None:
    candidates = made_candidates()
    how = replace(HOW, num=12, variety=0.5, method=method)
    chosen = candidates.at(choose(candidates, how))
    rng = np.random.default_rng(1)
    draws = [candidates.at(rng.permutation(len(candidates))[:12]) for _ in range(50)]
    assert chosen.quality01.mean() > max(each.quality01.mean() for each in draws)
    if method != "assignment":  # which has but twelve pairs to choose twelve from
        assert vendi_score(chosen.looks) > np.median([vendi_score(each.looks) for each in draws])


@pytest.mark.parametrize("method", ["mmr", "dpp"])
def test_variety_is_bought_with_quality(method: Method) -> None:
    candidates = made_candidates()
    chosen = [
        candidates.at(choose(candidates, replace(HOW, variety=variety, method=method)))
        for variety in (0, 0.5, 1)
    ]
    qualities = [each.quality01.mean() for each in chosen]
    likenesses = [mean_likeness(each.looks) for each in chosen]
    assert qualities == sorted(qualities, reverse=True)
    assert likenesses == sorted(likenesses, reverse=True)


def test_without_variety_the_best_are_chosen() -> None:
    candidates = made_candidates()
    how = Choosing(num=10, max_uses=100, variety=0, method="mmr")
    places = choose(candidates, how)
    best = np.argsort(-candidates.quality01)[:10]
    assert (
        places.tolist() == best.tolist() == choose(candidates, replace(how, method="dpp")).tolist()
    )


def test_a_dpp_finds_the_best_of_all_small_sets() -> None:
    # Where quality says nothing the greedy set has nearly the volume of the best one.
    candidates = made_candidates(num_presets=5)
    kernel = np.exp((candidates.looks @ candidates.looks.T - 1) / 0.5)
    places = choose(candidates, Choosing(num=2, max_uses=9, variety=1, method="dpp"))

    def volume(pair: tuple[int, int]) -> float:
        return float(np.linalg.det(kernel[np.ix_(pair, pair)]))

    first = int(places[0])
    best = max(volume((first, other)) for other in range(len(candidates)) if other != first)
    assert volume((first, int(places[1]))) == pytest.approx(best)


@pytest.mark.parametrize("num_presets", [2, 3, 6, 7])
@pytest.mark.parametrize("seed", range(5))
def test_an_assignment_uses_every_preset_and_nearly_reaches_the_best_matching(
    num_presets: int, seed: int
) -> None:
    candidates = made_candidates(num_presets=num_presets, seed=seed)
    chosen = candidates.at(choose(candidates, Choosing(99, 1, 0, "assignment")))
    assert len(chosen) == num_presets // 2
    assert set(uses(chosen).values()) == {1}
    assert chosen.quality01.tolist() == sorted(chosen.quality01, reverse=True)
    assert chosen.quality01.sum() >= 0.8 * best_matching(candidates, num_presets)


def best_matching(candidates: Candidates, num_presets: int) -> float:
    """Returns the highest summed quality of all matchings, by trying them."""
    worth = np.zeros((num_presets, num_presets))
    worth[candidates.foreground, candidates.background] = candidates.quality01
    worth = np.maximum(worth, worth.T)

    def best(left: tuple[int, ...]) -> float:
        if len(left) < 2:
            return 0.0
        first, *others = left
        without = best(tuple(others)) if len(left) % 2 else 0.0
        return max(
            without,
            *(
                worth[first, other] + best(tuple(each for each in others if each != other))
                for other in others
            ),
        )

    return best(tuple(range(num_presets)))


def test_an_assignment_leaves_out_what_is_no_candidate() -> None:
    # 0-1-2-3 along a path: the middle is better, but the ends pair everybody.
    path = Candidates(
        np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.2, 0.9, 0.2]), np.eye(3, dtype="f4")
    )
    assert sorted(choose(path, Choosing(9, 1, 0, "assignment"))) == [0, 2]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_chosen_of_nothing(method: Method) -> None:
    nobody = made_candidates().at(np.array([], np.int64))
    assert len(choose(nobody, replace(HOW, method=method))) == 0


def test_equal_pictures_are_chosen_once_before_any_comes_twice() -> None:
    looks = np.repeat(np.eye(4, dtype=np.float32), 3, axis=0)
    apart = np.arange(12)
    candidates = Candidates(apart, apart + 12, np.full(12, 0.5), looks)
    for method, variety in product(("mmr", "dpp"), (0.2, 1)):
        places = choose(candidates, Choosing(4, 1, variety, method))
        assert {int(place) // 3 for place in places} == {0, 1, 2, 3}
