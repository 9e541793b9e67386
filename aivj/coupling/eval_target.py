"""What a measured pair is worth, as a target to learn.

`compat` is the documented pair score of the older tools. Its limits come from a slow 8x8 sampler:
on pictures measured frame by frame nearly every pair reaches its maximum, and a target that is
nearly constant teaches nothing. `v1` uses what the stage measures of the composite:

    (0.20 luma + 0.20 motion + 0.25 response + 0.15 balance + 0.10 colour + 0.10 exposure) * safety

    luma      0 up to 0.02, rising to 1 at 0.20, 1 up to 0.60, falling to 0 at 0.95
    motion    log10 of the mean change per frame, from 0 at 0.001 to 1 at 0.03, and falling
              again from 1 at 0.08 to 0 at 0.15, where a picture strobes
    response  log10 of the mean difference from the same frames in silence, from 0 at 0.02 to 1 at
              0.30: what nobody hears in the picture might as well play without music
    balance   square root of the fainter layer's contribution to the composite over the stronger
              one's: a pair of which one layer hides the other is no pair
    colour    colourfulness, from 0 at 5 to 1 at 45
    exposure  share of the picture that is neither black nor blown out
    safety    1 up to three flashes in a second, the limit of WCAG 2.3.1, falling to 0.5 at six

The knees lie in the tails, or for response and colour at the 5th and 75th percentile, of the
stage's own distributions (docs/log/learning.md, "What 900 pairs measure").
"""

import math
from typing import Literal

from aivj.contracts.eval_rows import EvalRow, has_measurement
from aivj.contracts.scores import pair_score

EvalTarget = Literal["compat", "v1"]

_LUMA_KNEES = (0.02, 0.20, 0.60, 0.95)
_MOTION_KNEES = (0.001, 0.03, 0.08, 0.15)
_RESPONSE_SPAN = (0.02, 0.30)
_COLOUR_SPAN = (5.0, 45.0)
_FLASH_SPAN_PER_S = (3.0, 6.0)
_FLASHING_WORTH = 0.5
_LEAST = 1e-6


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
    response, colour = row.audio_response, row.colourfulness
    if luma is None or motion is None or response is None or colour is None:
        return None
    balance, exposure, safety = _balance(row), _exposure(row), _safety(row)
    if balance is None or exposure is None or safety is None:
        return None
    worth = (
        0.20 * _trapezoid(luma, *_LUMA_KNEES)
        + 0.20 * _trapezoid(_log(motion), *(_log(knee) for knee in _MOTION_KNEES))
        + 0.25 * _rise(_log(response), *(_log(end) for end in _RESPONSE_SPAN))
        + 0.15 * balance
        + 0.10 * _rise(colour, *_COLOUR_SPAN)
        + 0.10 * exposure
    )
    return worth * safety


def _balance(row: EvalRow) -> float | None:
    if row.fg_contribution is None or row.bg_contribution is None:
        return None
    fainter, stronger = sorted((row.fg_contribution, row.bg_contribution))
    return math.sqrt(fainter / stronger) if stronger > 0 else 0.0


def _exposure(row: EvalRow) -> float | None:
    if row.black_share is None or row.blown_share is None:
        return None
    return min(1.0, max(0.0, 1 - row.black_share - row.blown_share))


def _safety(row: EvalRow) -> float | None:
    if row.flashes_per_s is None or row.red_flashes_per_s is None:
        return None
    flashes_per_s = max(row.flashes_per_s, row.red_flashes_per_s)
    return 1 - (1 - _FLASHING_WORTH) * _rise(flashes_per_s, *_FLASH_SPAN_PER_S)


def _log(value: float) -> float:
    return math.log10(max(value, _LEAST))


def _rise(value: float, start: float, full: float) -> float:
    """0 up to `start`, 1 from `full` on, a straight line between."""
    return min(1.0, max(0.0, (value - start) / (full - start)))


def _trapezoid(value: float, start: float, full: float, until: float, end: float) -> float:
    """0 outside `start` to `end`, 1 from `full` to `until`, straight lines between."""
    return min(_rise(value, start, full), 1 - _rise(value, until, end))
