import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.coupling.negatives import draw_crossings, feasible_distance, num_crossings


@given(
    num_pairs=st.integers(1, 90),
    requested=st.integers(1, 60),
    num_samples=st.integers(0, 500),
    seed=st.integers(0, 2**32 - 1),
)
def test_crossings_keep_their_distance(
    num_pairs: int, requested: int, num_samples: int, seed: int
) -> None:
    distance = feasible_distance(num_pairs, requested)
    fg, bg = draw_crossings(
        num_pairs, distance=distance, num_samples=num_samples, rng=np.random.default_rng(seed)
    )
    assert len(fg) == len(bg) == min(num_samples, num_crossings(num_pairs, distance))
    assert len(set(zip(fg.tolist(), bg.tolist(), strict=True))) == len(fg)
    assert (np.abs(fg - bg) >= distance).all()
    assert ((fg >= 0) & (fg < num_pairs) & (bg >= 0) & (bg < num_pairs)).all()


@given(num_pairs=st.integers(1, 40), distance=st.integers(1, 40))
def test_all_crossings_can_be_drawn(num_pairs: int, distance: int) -> None:
    wanted = {(i, j) for i in range(num_pairs) for j in range(num_pairs) if abs(i - j) >= distance}
    fg, bg = draw_crossings(
        num_pairs, distance=distance, num_samples=10_000, rng=np.random.default_rng(0)
    )
    assert set(zip(fg.tolist(), bg.tolist(), strict=True)) == wanted


@given(num_pairs=st.integers(2, 200), requested=st.integers(1, 100))
def test_every_pair_of_a_small_pack_has_a_partner(num_pairs: int, requested: int) -> None:
    distance = feasible_distance(num_pairs, requested)
    assert distance <= requested
    assert all(max(i, num_pairs - 1 - i) >= distance for i in range(num_pairs))


@pytest.mark.parametrize(
    ("num_pairs", "expected"), [(1, 1), (2, 1), (3, 1), (32, 16), (99, 49), (100, 50), (3000, 50)]
)
def test_distance_is_reduced_only_where_the_pack_is_small(num_pairs: int, expected: int) -> None:
    assert feasible_distance(num_pairs, 50) == expected


def test_crossings_are_uniform() -> None:
    rng = np.random.default_rng(3)
    counts = np.zeros((6, 6))
    for _ in range(3000):
        fg, bg = draw_crossings(6, distance=3, num_samples=3, rng=rng)
        counts[fg, bg] += 1
    possible = counts[np.abs(np.subtract.outer(range(6), range(6))) >= 3]
    # 9000 draws over 12 crossings: 750 each, and five deviations are about 120.
    assert possible.sum() == counts.sum()
    assert (np.abs(possible - 750) < 130).all()
