"""Of all pairs of a pool the sound ones are chosen among, and the chosen ones are better."""

from dataclasses import replace

import numpy as np
import pytest
from curation.made_layers import layer, pool_of

from aivj.curation.best_pairs import BestPairs, best_pairs
from aivj.curation.candidates import Floats, Places
from aivj.curation.choosing import Choosing
from aivj.curation.layer_pool import LayerPool
from aivj.curation.measured_pairs import MeasuredPairs

HOW = Choosing(num=3, max_uses=2, variety=0.3, method="mmr")
ALL = 1000
LIVELY = pool_of(*(layer(seed=seed) for seed in range(5)))
FLASHING, DARK = 4, 5
MIXED = pool_of(*(layer(seed=seed) for seed in range(4)), layer("flashing"), layer("dark"))


def colourful(measured: MeasuredPairs) -> Floats:
    return np.minimum(1, measured.colourfulness / 150)


def by_target(_pairs: Places, target01: Floats) -> Floats:
    return target01


def chosen_of(pool: LayerPool, how: Choosing = HOW) -> BestPairs:
    return best_pairs(pool, how, target=colourful, quality=by_target, seed=0, num_measured=ALL)


@pytest.fixture(scope="module")
def of_mixed() -> BestPairs:
    return chosen_of(MIXED)


@pytest.fixture(scope="module")
def of_lively() -> BestPairs:
    return chosen_of(LIVELY)


def test_the_chosen_are_sound_and_better_than_pairs_at_random(of_mixed: BestPairs) -> None:
    assert len(of_mixed.chosen.pairs) == len(of_mixed.at_random.pairs) == 3
    assert not of_mixed.chosen.measured.flash_unsafe.any()
    assert DARK not in of_mixed.chosen.pairs
    assert of_mixed.chosen.target01.mean() > of_mixed.at_random.target01.mean()


def test_every_pair_is_measured_and_refused_by_the_rules(of_mixed: BestPairs) -> None:
    assert of_mixed.num_measured == len(of_mixed.sifted.is_sound) == 6 * 5
    assert of_mixed.sifted.num_refused["unsafe flashes"] >= 5
    assert of_mixed.sifted.num_refused["a layer that is not seen"] == 10


def test_pairs_at_random_are_taken_as_they_come(of_mixed: BestPairs) -> None:
    drawn = of_mixed.at_random.pairs
    assert sorted(drawn.ravel().tolist()) == list(range(6))
    figures = of_mixed.at_random.measured
    assert min(figures.fg_contribution.min(), figures.bg_contribution.min()) == 0


def test_what_is_chosen_is_measured_as_it_would_be_alone(of_lively: BestPairs) -> None:
    again = LIVELY.measure(of_lively.chosen.pairs)
    assert of_lively.chosen.target01.tolist() == colourful(again).tolist()
    assert of_lively.chosen.vendi > 1


def test_the_same_call_gives_the_same_choice(of_lively: BestPairs) -> None:
    again = chosen_of(LIVELY)
    assert again.chosen.pairs.tolist() == of_lively.chosen.pairs.tolist()
    assert again.chosen.vendi == of_lively.chosen.vendi


def test_uses_are_counted_in_both_places(of_lively: BestPairs) -> None:
    uses = of_lively.chosen.num_uses(len(LIVELY))
    assert uses.sum() == 2 * len(of_lively.chosen.pairs)
    assert uses.max() <= HOW.max_uses


def test_what_is_good_may_be_told_by_others() -> None:
    def second_in_front(pairs: Places, _target01: Floats) -> Floats:
        return np.where(pairs[:, 0] == 1, 1.0, 0.5)

    found = best_pairs(
        pool_of(layer(seed=1), layer(seed=2)),
        replace(HOW, num=1),
        target=colourful,
        quality=second_in_front,
        seed=0,
        num_measured=ALL,
    )
    assert found.chosen.pairs.tolist() == [[1, 0]]


def test_nothing_is_chosen_where_nothing_is_sound() -> None:
    found = chosen_of(pool_of(layer("dark"), layer("flashing")))
    assert len(found.chosen.pairs) == 0
    assert not found.sifted.is_sound.any()


def test_a_glance_finds_the_best() -> None:
    def bright(measured: MeasuredPairs) -> Floats:
        return measured.composite_avg_luma

    everything = LIVELY.promising_pairs(ALL, bright, seed=0)
    worth = bright(LIVELY.measure(everything))
    best = {tuple(pair) for pair in everything[np.argsort(-worth)[:4]].tolist()}
    promising = LIVELY.promising_pairs(14, bright, seed=0).tolist()
    assert len(promising) <= 14
    assert best <= {tuple(pair) for pair in promising}
    assert all(front != behind for front, behind in promising)


def test_rough_figures_lie_near_the_exact_ones() -> None:
    seen: list[MeasuredPairs] = []

    def watched(measured: MeasuredPairs) -> Floats:
        seen.append(measured)
        return np.zeros(len(measured.colourfulness))

    LIVELY.promising_pairs(2, watched, seed=0)
    everything = LIVELY.promising_pairs(ALL, watched, seed=0)
    exact = LIVELY.measure(everything)
    for place, (front, behind) in enumerate(everything.tolist()):
        rough = seen[front]
        for name in ("composite_avg_luma", "fg_contribution", "bg_contribution"):
            error = getattr(rough, name)[behind] - getattr(exact, name)[place]
            assert abs(error) < 0.005
        for name in ("composite_avg_frame_delta", "audio_response"):
            ratio = getattr(rough, name)[behind] / getattr(exact, name)[place]
            assert 0.5 < ratio < 2
