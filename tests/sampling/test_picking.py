from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.sampling.picking import Pick, Picking, Target, num_to_cover, picks, remaining

pair_sets = st.sets(st.integers(0, 10_000), min_size=1, max_size=200)
modes = st.sampled_from(["shuffle", "random", "weighted"])


def first(n, pairs, mode="shuffle", seed=0, quality01=(), **changes):
    return list(islice(picks(pairs, Picking(mode, **changes), dict(quality01), seed), n))


@given(pair_sets, modes, st.integers(0, 2**32), st.randoms())
def test_picks_depend_on_the_seed_alone(pairs, mode, seed, rng):
    given_order = list(pairs)
    rng.shuffle(given_order)

    order = first(50, given_order, mode, seed)

    assert order == first(50, sorted(pairs), mode, seed)
    assert set(order) <= pairs


@given(pair_sets, st.integers(0, 2**32))
def test_a_shuffle_visits_each_pair_before_any_again(pairs, seed):
    order = first(3 * len(pairs), pairs, seed=seed)

    for start in range(0, len(order), len(pairs)):
        assert sorted(order[start : start + len(pairs)]) == sorted(pairs)


def test_seeds_and_rounds_differ():
    assert first(200, range(100), seed=1) != first(200, range(100), seed=2)
    order = first(200, range(100))
    assert order[:100] != order[100:]


def test_random_picks_need_far_more_to_cover_than_a_shuffle():
    target = Target(None, 100)

    shuffled = list(remaining(picks(range(100), Picking(), {}, 0), target, {}))
    drawn = list(remaining(picks(range(100), Picking("random"), {}, 0), target, {}))

    assert len(shuffled) == 100
    assert len({pick.pair for pick in drawn}) == 100
    # The coupon collector: n (ln n + 0.58) in the mean.
    assert 300 < len(drawn) < 900


@given(pair_sets, modes, st.integers(0, 60), st.floats(0.01, 1), st.data())
def test_any_interruption_ends_at_the_same_visits(pairs, mode, num_samples, coverage, data):
    target = Target(num_samples or None, min(20, num_to_cover(len(pairs), coverage)))

    def stream():
        return picks(pairs, Picking(mode), {}, 7)

    whole = Counter(pick.pair for pick in remaining(stream(), target, {}))
    done = {pair: data.draw(st.integers(0, n)) for pair, n in whole.items()}

    rest = Counter(pick.pair for pick in remaining(stream(), target, done))

    assert rest + Counter(done) == whole


def test_iterations_count_the_picks_of_the_whole_run():
    target = Target(4, 0)
    order = first(4, range(9))

    rest = list(remaining(picks(range(9), Picking(), {}, 0), target, {order[1]: 1}))

    assert rest == [Pick(0, order[0]), Pick(2, order[2]), Pick(3, order[3])]


def test_better_scored_pairs_come_more_often():
    quality01 = {0: 0.9, 1: 0.3, 2: 0.0}

    counts = Counter(first(4000, range(3), "weighted", quality01=quality01, gamma=2.0))

    assert counts[0] / counts[1] == pytest.approx(9, rel=0.3)
    assert counts[2] < 5


def test_exploring_ignores_scores_and_the_last_picks_are_drawn_less():
    even = Counter(first(3000, range(3), "weighted", quality01={0: 1.0}, explore=1.0))
    assert max(even.values()) < 1.2 * min(even.values())

    order = first(500, range(3), "weighted", dedup_n=1, dedup_penalty=1.0)
    assert all(one != other for one, other in pairwise(order))


def test_no_pairs_no_picks():
    for mode in ("shuffle", "random", "weighted"):
        assert first(3, [], mode) == []


def test_ceiling():
    assert (num_to_cover(3000, 0.99), num_to_cover(32, 0.99), num_to_cover(2, 0.01)) == (
        2970,
        32,
        1,
    )
