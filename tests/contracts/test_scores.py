import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.scores import pair_score


@pytest.mark.parametrize(
    ("luma", "motion", "expected"),
    [
        (0.06, 1.5e-5, 0.0),
        (0.18, 6e-4, 1.0),
        (0.0, 0.0, 0.0),
        (1.0, 1.0, 1.0),
        (0.12, 0.0, 0.325),
        (0.0, 0.0003075, 0.175),
        (0.18, 0.0, 0.65),
        (0.0, 6e-4, 0.35),
    ],
)
def test_golden(luma, motion, expected):
    assert math.isclose(pair_score(luma, motion), expected, abs_tol=1e-12)


@given(*[st.floats(0, 1)] * 4)
def test_more_light_or_motion_never_scores_less(luma, more_luma, motion, more_motion):
    low = pair_score(min(luma, more_luma), min(motion, more_motion))
    high = pair_score(max(luma, more_luma), max(motion, more_motion))
    assert 0 <= low <= high <= 1
