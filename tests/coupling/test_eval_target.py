import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_target import eval_target01

unit = st.floats(0, 1)


def row(*, luma=0.4, motion=0.03, black=0.0, blown=0.0, fg=0.02, bg=0.02, **changes) -> EvalRow:
    values = {
        "t_ms": 1,
        "pack": "p",
        "pair": 0,
        "ok_heuristic": True,
        "reasons": [],
        "viz_avg_luma": 0.3,
        "viz_avg_frame_delta": 0.001,
        "composite_avg_luma": luma,
        "composite_avg_frame_delta": motion,
        "black_share": black,
        "blown_share": blown,
        "fg_avg_frame_delta": fg,
        "bg_avg_frame_delta": bg,
    }
    return EvalRow(**values | changes)


def test_a_bright_lively_balanced_pair_is_worth_one():
    assert eval_target01(row(), "v1") == pytest.approx(1)


def test_a_dead_pair_is_worth_nothing():
    dead = row(luma=0.0, motion=0.0, black=1.0, fg=0.0, bg=0.0, pm_avg_luma_fg=0.0)
    assert eval_target01(dead, "v1") == 0


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({"luma": 0.11}, 1 - 0.35 / 2),
        ({"luma": 0.775}, 1 - 0.35 / 2),
        ({"motion": 0.001}, 0.65),
        ({"motion": 0.001 * 30**0.5}, 1 - 0.35 / 2),
        ({"motion": 0.2}, 0.65),
        ({"black": 0.3, "blown": 0.2}, 1 - 0.15 / 2),
        ({"fg": 0.0}, 0.85),
        ({"bg": 0.005}, 1 - 0.15 / 2),
    ],
)
def test_each_part_counts_by_its_share(changes, worth):
    assert eval_target01(row(**changes), "v1") == pytest.approx(worth)


@given(unit, unit, unit, unit, unit, unit)
def test_always_in_range(luma, motion, black, blown, fg, bg):
    measured = row(luma=luma, motion=motion, black=black, blown=blown, fg=fg, bg=bg)
    assert 0 <= eval_target01(measured, "v1") <= 1 + 1e-12


def test_rows_of_other_drivers_have_the_documented_score_alone():
    foreign = row(composite_avg_luma=None, viz_avg_luma=0.12, viz_avg_frame_delta=6e-4)

    assert eval_target01(foreign, "v1") is None
    assert eval_target01(foreign, "compat") == pytest.approx(0.325 + 0.35)


def test_what_was_not_measured_has_no_worth():
    assert eval_target01(row(viz_avg_luma=None), "v1") is None
    assert eval_target01(row(viz_avg_luma=None), "compat") is None
