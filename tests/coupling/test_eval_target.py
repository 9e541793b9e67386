from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_target import eval_target01, eval_targets01

unit = st.floats(0, 1)


def row(*, luma=0.4, motion=0.03, response=0.3, fg=0.2, bg=0.2, **changes) -> EvalRow:
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
        "audio_response": response,
        "fg_contribution": fg,
        "bg_contribution": bg,
        "colourfulness": 60.0,
        "black_share": 0.0,
        "blown_share": 0.0,
        "flashes_per_s": 3.0,
        "red_flashes_per_s": 0.0,
    }
    return EvalRow(**values | changes)


def test_a_bright_lively_balanced_pair_that_answers_is_worth_one():
    assert eval_target01(row(), "v1") == pytest.approx(1)


def test_a_dead_pair_is_worth_nothing():
    dead = row(luma=0.0, motion=0.0, response=0.0, fg=0.0, bg=0.0, black_share=1.0, colourfulness=0)
    assert eval_target01(dead.model_copy(update={"pm_avg_luma_fg": 0.0}), "v1") == 0


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({"luma": 0.11}, 1 - 0.20 / 2),
        ({"luma": 0.775}, 1 - 0.20 / 2),
        ({"motion": 0.001}, 0.80),
        ({"motion": 0.001 * 30**0.5}, 1 - 0.20 / 2),
        ({"motion": 0.2}, 0.80),
        ({"response": 0.02}, 0.75),
        ({"response": 0.02 * 15**0.5}, 1 - 0.25 / 2),
        ({"black_share": 0.3, "blown_share": 0.2}, 1 - 0.10 / 2),
        ({"fg": 0.0}, 0.85),
        ({"bg": 0.05}, 1 - 0.15 / 2),
        ({"colourfulness": 25.0}, 1 - 0.10 / 2),
        ({"flashes_per_s": 4.5}, 0.75),
        ({"red_flashes_per_s": 9.0}, 0.5),
    ],
)
def test_each_part_counts_by_its_share(changes, worth):
    assert eval_target01(row(**changes), "v1") == pytest.approx(worth)


@given(unit, unit, unit, unit, unit, unit, st.floats(0, 200), st.floats(0, 20))
def test_always_in_range(luma, motion, response, fg, bg, black, colourfulness, flashes_per_s):
    measured = row(
        luma=luma,
        motion=motion,
        response=response,
        fg=fg,
        bg=bg,
        black_share=black,
        colourfulness=colourfulness,
        flashes_per_s=flashes_per_s,
    )
    assert 0 <= eval_target01(measured, "v1") <= 1 + 1e-12


@pytest.mark.parametrize(
    "name", ["audio_response", "colourfulness", "fg_contribution", "black_share", "flashes_per_s"]
)
def test_what_lacks_a_part_has_no_worth(name):
    assert eval_target01(row(**{name: None}), "v1") is None


def test_rows_of_other_drivers_have_the_documented_score_alone():
    foreign = row(composite_avg_luma=None, viz_avg_luma=0.12, viz_avg_frame_delta=6e-4)

    assert eval_target01(foreign, "v1") is None
    assert eval_target01(foreign, "compat") == pytest.approx(0.325 + 0.35)


def test_what_was_not_measured_has_no_worth():
    assert eval_target01(row(viz_avg_luma=None), "v1") is None
    assert eval_target01(row(viz_avg_luma=None), "compat") is None


def test_many_pairs_at_once_are_worth_what_each_is():
    rows = [row(), row(luma=0.1, response=0.05), row(fg=0.0, bg=0.0), row(flashes_per_s=5.0)]
    figures = {
        name: np.array([value or 0.0 for value in (getattr(each, name) for each in rows)])
        for name in EvalRow.model_fields
        if isinstance(getattr(row(), name), float)
    }

    worths = eval_targets01(SimpleNamespace(**figures))

    assert worths.tolist() == [eval_target01(each, "v1") for each in rows]
