import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.coupling.calibration import std_stretch

score_lists = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=40)


@given(values=score_lists, target_std=st.floats(0.001, 0.5))
def test_order_never_changes_and_scores_stay_in_range(
    values: list[float], target_std: float
) -> None:
    before = np.array(values, dtype=np.float64)
    after = std_stretch(before, target_std).apply(before)
    assert ((after >= 0) & (after <= 1)).all()
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= 0).all()
    apart = np.diff(before[order]) > 1e-7
    assert (np.diff(after[order])[apart] > 0).all()


@given(values=score_lists, target_std=st.floats(0.001, 0.5))
def test_deviation_grows_towards_the_target_and_not_beyond(
    values: list[float], target_std: float
) -> None:
    before = np.array(values, dtype=np.float64)
    after = std_stretch(before, target_std).apply(before)
    assert after.std() >= before.std() - 1e-12
    assert after.std() <= max(before.std(), target_std) + 1e-9


def test_target_is_reached_where_there_is_room() -> None:
    scores = np.array([0.75, 0.77, 0.78, 0.80])
    stretch = std_stretch(scores, 0.04)
    assert stretch.apply(scores).std() == pytest.approx(0.04)
    assert stretch.apply(scores).mean() == pytest.approx(scores.mean())


def test_stretch_stops_before_scores_would_merge_at_the_edge() -> None:
    scores = np.array([0.50, 0.96, 0.97, 0.98])
    stretched = std_stretch(scores, 0.4).apply(scores)
    assert stretched.max() == pytest.approx(1.0)
    assert len(np.unique(stretched)) == 4
    assert stretched.std() < 0.4


@pytest.mark.parametrize("scores", [np.full(5, 0.1), np.array([0.1, 0.9])])
def test_constant_or_wide_scores_are_left_alone(scores: np.ndarray) -> None:
    stretch = std_stretch(scores, 0.05)
    assert stretch.scale == 1
    assert (stretch.apply(scores) == scores).all()
