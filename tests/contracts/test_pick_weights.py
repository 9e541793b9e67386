import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.pick_weights import pick_weight

quality = st.floats(0, 1)


@pytest.mark.parametrize(
    ("quality01", "gamma", "explore", "expected"),
    [
        (1.0, 1, 0, 1.000001),
        (0.5, 2, 0, 0.500001**2),
        (0.0, 4, 0, 1e-24),
        (None, 1, 0, 0.500001),
        (math.nan, 1, 0, 0.500001),
        (0.9, 0, 0, 1.0),
        (0.9, -3, 0, 1.0),
        (0.9, 4, 1, 1.0),
        (0.9, 4, 7, 1.0),
        (0.5, 1, 0.1, 0.9 * 0.500001 + 0.1),
        (2.0, 1, 0, 1.000001),
        (-2.0, 1, 0, 1e-6),
    ],
)
def test_committed_formula(quality01, gamma, explore, expected):
    assert math.isclose(pick_weight(quality01, gamma, explore), expected, rel_tol=1e-9)


@given(quality, quality, st.floats(0, 10), quality)
def test_a_better_pair_never_weighs_less(one, other, gamma, explore):
    low, high = sorted([one, other])
    assert 0 <= pick_weight(low, gamma, explore) <= pick_weight(high, gamma, explore)
