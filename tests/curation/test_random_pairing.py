"""Random pairs use presets evenly and never pair one with itself."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.curation.random_pairing import random_pairs


@given(num_presets=st.integers(2, 30), num=st.integers(1, 100), seed=st.integers(0, 1000))
def test_presets_are_used_evenly(num_presets: int, num: int, seed: int) -> None:
    pairs = random_pairs(num_presets, num, seed)
    assert pairs.shape == (num, 2)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    uses = Counter(pairs.ravel().tolist())
    assert max(uses.values()) <= -(-num // (num_presets // 2))


@pytest.mark.parametrize("num", [1, 50])
def test_the_seed_decides(num: int) -> None:
    first, again, other = (random_pairs(100, num, seed).tolist() for seed in (1, 1, 2))
    assert first == again != other
