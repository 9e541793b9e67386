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

from types import SimpleNamespace
from typing import Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from aivj.contracts.eval_rows import EvalRow, has_measurement
from aivj.contracts.scores import pair_score

EvalTarget = Literal["compat", "v1"]

Floats = NDArray[np.float64]

_LUMA_KNEES = (0.02, 0.20, 0.60, 0.95)
_MOTION_KNEES = (0.001, 0.03, 0.08, 0.15)
_RESPONSE_SPAN = (0.02, 0.30)
_COLOUR_SPAN = (5.0, 45.0)
_FLASH_SPAN_PER_S = (3.0, 6.0)
_FLASHING_WORTH = 0.5
_LEAST = 1e-6


class Judged(Protocol):
    """What `v1` reads of N pairs, each of shape [N]; names and meaning as in the rows."""

    @property
    def composite_avg_luma(self) -> Floats: ...  # noqa: D102 - see the class
    @property
    def composite_avg_frame_delta(self) -> Floats: ...  # noqa: D102
    @property
    def audio_response(self) -> Floats: ...  # noqa: D102
    @property
    def colourfulness(self) -> Floats: ...  # noqa: D102
    @property
    def fg_contribution(self) -> Floats: ...  # noqa: D102
    @property
    def bg_contribution(self) -> Floats: ...  # noqa: D102
    @property
    def black_share(self) -> Floats: ...  # noqa: D102
    @property
    def blown_share(self) -> Floats: ...  # noqa: D102
    @property
    def flashes_per_s(self) -> Floats: ...  # noqa: D102
    @property
    def red_flashes_per_s(self) -> Floats: ...  # noqa: D102


class Measured(Judged, Protocol):
    """What any target reads."""

    @property
    def viz_avg_luma(self) -> Floats: ...  # noqa: D102
    @property
    def viz_avg_frame_delta(self) -> Floats: ...  # noqa: D102


_READ = tuple(name for name, member in vars(Judged).items() if isinstance(member, property))


def eval_target01(row: EvalRow, target: EvalTarget) -> float | None:
    """Returns the worth of a measured pair, 0 to 1; None if the row lacks what `target` needs."""
    if not has_measurement(row):
        return None
    if target == "compat":
        assert row.viz_avg_luma is not None  # noqa: S101 - has_measurement says so
        assert row.viz_avg_frame_delta is not None  # noqa: S101 - likewise
        return pair_score(row.viz_avg_luma, row.viz_avg_frame_delta)
    figures = {name: getattr(row, name) for name in _READ}
    if None in figures.values():
        return None
    return float(eval_targets01(cast("Judged", SimpleNamespace(**figures))))


def measured_targets01(pairs: Measured, target: EvalTarget) -> Floats:
    """Returns what N measured pairs are worth, 0 to 1, shape [N]."""
    if target == "v1":
        return eval_targets01(pairs)
    measured = zip(pairs.viz_avg_luma.tolist(), pairs.viz_avg_frame_delta.tolist(), strict=True)
    return np.array([pair_score(luma, motion) for luma, motion in measured])


def eval_targets01(pairs: Judged) -> Floats:
    """Returns what `v1` says of N pairs, 0 to 1, shape [N]."""
    motion, response = _log(pairs.composite_avg_frame_delta), _log(pairs.audio_response)
    worth = (
        0.20 * _trapezoid(pairs.composite_avg_luma, *_LUMA_KNEES)
        + 0.20 * _trapezoid(motion, *_log(_MOTION_KNEES))
        + 0.25 * _rise(response, *_log(_RESPONSE_SPAN))
        + 0.15 * _balance(pairs)
        + 0.10 * _rise(pairs.colourfulness, *_COLOUR_SPAN)
        + 0.10 * np.clip(1 - pairs.black_share - pairs.blown_share, 0, 1)
    )
    flashes_per_s = np.maximum(pairs.flashes_per_s, pairs.red_flashes_per_s)
    return np.asarray(
        worth * (1 - (1 - _FLASHING_WORTH) * _rise(flashes_per_s, *_FLASH_SPAN_PER_S))
    )


def _balance(pairs: Judged) -> Floats:
    fainter = np.minimum(pairs.fg_contribution, pairs.bg_contribution)
    stronger = np.maximum(pairs.fg_contribution, pairs.bg_contribution)
    return np.asarray(np.sqrt(fainter / np.where(stronger > 0, stronger, 1)))


def _log(values: Floats | tuple[float, ...]) -> Floats:
    return np.asarray(np.log10(np.maximum(values, _LEAST)))


def _rise(values: Floats, start: float, full: float) -> Floats:
    """0 up to `start`, 1 from `full` on, a straight line between."""
    return np.asarray(np.clip((values - start) / (full - start), 0, 1))


def _trapezoid(values: Floats, start: float, full: float, until: float, end: float) -> Floats:
    """0 outside `start` to `end`, 1 from `full` to `until`, straight lines between."""
    return np.minimum(_rise(values, start, full), 1 - _rise(values, until, end))
