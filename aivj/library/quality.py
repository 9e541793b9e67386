"""From what became of a preset that was drawn to the audit's figures and reasons.

The figures are defined as those of the page's hook (`probe/preset_figures.ts`): means over all
cells of all measured frames, and over all cells and channels of the frames that follow each other.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from aivj.contracts.preset_audit import (
    MAX_AVG_LUMA,
    MIN_AVG_FRAME_DELTA,
    MIN_AVG_LUMA,
    AuditQuality,
)
from aivj.takes.figures import FrameSeries
from aivj.takes.take import Drawn, TakeFailure

_Limit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

REASON_OF_FAULT = {
    "wasm-trap": "wasm-abort",
    "unconvertible": "render-failed",
    "bad-equation": "render-failed",
    "shader-link": "render-failed",
    "script-error": "render-failed",
    "hung-page": "probe-timeout",
    "overdue": "probe-timeout",
    "page-crash": "render-failed",
    "gpu-crash": "render-failed",
    "context-lost": "render-failed",
    "browser-crash": "render-failed",
}
"""What a preset is blamed for that could not be drawn, try after try. A preset that took its page,
browser or GPU process down each time is not safe to show, whatever the cause. Other faults are the
machinery's: nothing was found out of the preset."""


@dataclass(frozen=True)
class Limits:
    """What a picture must be like; limits of time are looked at only when given."""

    min_avg_luma: Annotated[
        _Limit, Field(description="Presets of this mean luma or less are too-dark.")
    ] = MIN_AVG_LUMA
    max_avg_luma: Annotated[
        _Limit, Field(description="Presets of this mean luma or more are too-bright.")
    ] = MAX_AVG_LUMA
    min_avg_frame_delta: Annotated[
        _Limit, Field(description="Presets whose frames differ by less are low-motion.")
    ] = MIN_AVG_FRAME_DELTA
    max_avg_render_ms: Annotated[
        float | None,
        Field(ge=0, allow_inf_nan=False, description="Presets that take longer a frame are slow."),
    ] = None
    max_p95_render_ms: Annotated[
        float | None,
        Field(ge=0, allow_inf_nan=False, description="The same of 95 % of the frames; compat."),
    ] = None

    def reasons(self, quality: AuditQuality) -> list[str]:
        """Returns what is wrong with figures, in the contract's words and order."""
        luma, delta = quality.avg_luma, quality.avg_frame_delta
        faults = {
            "too-dark": luma is not None and luma <= self.min_avg_luma,
            "too-bright": luma is not None and luma >= self.max_avg_luma,
            "no-luma": luma is None,
            "low-motion": delta is not None and delta < self.min_avg_frame_delta,
            "no-motion-sample": delta is None,
            "slow-render-avg": _exceeds(quality.avg_render_ms, self.max_avg_render_ms),
            "slow-render-p95": _exceeds(quality.p95_render_ms, self.max_p95_render_ms),
        }
        return [reason for reason, is_so in faults.items() if is_so]


def quality_of(outcome: Drawn | TakeFailure, limits: Limits) -> AuditQuality | None:
    """Returns what a take says of its preset; None if it failed through no fault of its own."""
    if isinstance(outcome, TakeFailure):
        return failed_quality(outcome.kind, outcome.found)
    measured = outcome.cells.music[1:]
    deltas = np.abs(np.diff(measured.astype(np.int16), axis=0))
    figures = AuditQuality(
        avg_luma=float(FrameSeries.of(measured).luma.mean()),
        avg_frame_delta=float(deltas.mean() / 255),
        avg_render_ms=outcome.render_ms_per_frame,
        render_ok=True,
    )
    reasons = limits.reasons(figures)
    return figures.model_copy(update={"ok": not reasons, "reasons": reasons})


def failed_quality(kind: str, found: str) -> AuditQuality | None:
    """Returns what is said of a preset that failed; None if it was not its fault.

    Args:
        kind: Entry of the failure taxonomy, see `aivj.faults`.
        found: What happened.
    """
    reason = REASON_OF_FAULT.get(kind)
    if reason is None:
        return None
    return AuditQuality(
        reasons=[reason], aborted=reason == "wasm-abort", error_text=f"{kind}: {found}"
    )


def _exceeds(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit
