from hypothesis import given
from hypothesis import strategies as st

from aivj.sampling.order import num_to_cover, remaining, shuffled

pair_sets = st.sets(st.integers(0, 10_000), max_size=200)


@given(pair_sets, st.integers(0, 2**32), st.randoms())
def test_order_is_a_permutation_that_depends_on_the_seed_alone(pairs, seed, rng):
    given_order = list(pairs)
    rng.shuffle(given_order)

    order = shuffled(given_order, seed)

    assert sorted(order) == sorted(pairs)
    assert order == shuffled(sorted(pairs), seed)


def test_seeds_differ():
    assert shuffled(range(100), 1) != shuffled(range(100), 2) != sorted(range(100))


@given(pair_sets, pair_sets, st.floats(0.01, 1))
def test_any_interruption_ends_at_the_same_coverage(pairs, done, coverage):
    order = shuffled(sorted(pairs), 0)
    target = num_to_cover(len(pairs), coverage)
    done &= set(order[:target])

    todo = remaining(order, done, target)

    assert not set(todo) & done
    assert len(set(todo) | done) == target


def test_ceiling():
    assert (num_to_cover(3000, 0.99), num_to_cover(32, 0.99), num_to_cover(2, 0.01)) == (
        2970,
        32,
        1,
    )
