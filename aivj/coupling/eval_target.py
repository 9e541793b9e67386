"""What a measured pair is worth, as a target to learn.

`compat` is the documented pair score of the older tools. Its limits come from a slow 8x8 sampler:
on pictures measured frame by frame nearly every pair reaches its maximum, and a target that is
nearly constant teaches nothing. `v1` uses what the stage measures of the composite:

    0.35 luma + 0.35 motion + 0.15 exposure + 0.15 balance

    luma      0 up to 0.02, rising to 1 at 0.20, 1 up to 0.60, falling to 0 at 0.95
    motion    log10 of the mean change per frame, from 0 at 0.001 to 1 at 0.03, and falling
              again from 1 at 0.08 to 0 at 0.15, where a picture strobes
    exposure  share of the picture that is neither black nor blown out
    balance   square root of the calmer layer's motion over the livelier one's: both shall live

The knees lie in the tails of the stage's own distributions over a large library (luma: 5 % below
0.02, 5 % above 0.83; motion: 4 % below 0.001, 5 % above 0.095).
"""

import math
from typing import Literal

from aivj.contracts.eval_rows import EvalRow, has_measurement
from aivj.contracts.scores import pair_score

EvalTarget = Literal["compat", "v1"]

_LUMA_KNEES = (0.02, 0.20, 0.60, 0.95)
_LOG_MOTION_KNEES = tuple(math.log10(motion) for motion in (0.001, 0.03, 0.08, 0.15))
_MIN_MOTION = 1e-6


def eval_target01(row: EvalRow, target: EvalTarget) -> float | None:
    """Returns the worth of a measured pair, 0 to 1; None if the row lacks what `target` needs."""
    if not has_measurement(row):
        return None
    if target == "compat":
        assert row.viz_avg_luma is not None  # noqa: S101 - has_measurement says so
        assert row.viz_avg_frame_delta is not None  # noqa: S101 - likewise
        return pair_score(row.viz_avg_luma, row.viz_avg_frame_delta)
    return _score_v1(row)


def _score_v1(row: EvalRow) -> float | None:
    luma, motion = row.composite_avg_luma, row.composite_avg_frame_delta
    black, blown = row.black_share, row.blown_share
    fg_motion, bg_motion = row.fg_avg_frame_delta, row.bg_avg_frame_delta
    if luma is None or motion is None or black is None or blown is None:
        return None
    if fg_motion is None or bg_motion is None:
        return None
    log_motion = math.log10(max(motion, _MIN_MOTION))
    calm, lively = sorted((fg_motion, bg_motion))
    balance = math.sqrt(calm / lively) if lively > 0 else 0.0
    exposure = min(1.0, max(0.0, 1 - black - blown))
    return (
        0.35 * _trapezoid(luma, *_LUMA_KNEES)
        + 0.35 * _trapezoid(log_motion, *_LOG_MOTION_KNEES)
        + 0.15 * exposure
        + 0.15 * balance
    )


def _trapezoid(value: float, start: float, full: float, until: float, end: float) -> float:
    """0 outside `start` to `end`, 1 from `full` to `until`, straight lines between."""
    rising = (value - start) / (full - start)
    falling = (end - value) / (end - until)
    return min(1.0, max(0.0, min(rising, falling)))
