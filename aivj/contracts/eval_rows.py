"""`eval.jsonl`: one measurement of one pair in a browser per line."""

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from aivj.contracts.fields import (
    MAX_SAFE_INTEGER,
    Amount,
    Correlation,
    Count,
    Omittable,
    OuterText,
    PairId,
    Share,
    Within,
)
from aivj.contracts.json_text import ContractModel
from aivj.contracts.jsonl_log import JsonlLog, JsonlRead, read_jsonl

Reason = Literal[
    "pageerror",
    "consoleerror",
    "too-dark",
    "too-bright",
    "no-luma",
    "low-motion",
    "no-motion-sample",
]
"""A failed check, in the order in which a row lists them. Foreign rows may hold others."""

TOO_DARK_LUMA = 0.06
"""Luma up to which a measurement is too dark, if a run says nothing else."""

TOO_BRIGHT_LUMA = 0.96
"""Luma from which on a measurement is too bright."""

LOW_MOTION = 1.5e-5
"""Motion below which a measurement moves too little, if a run says nothing else."""


class EvalRow(ContractModel):
    """One measurement. The order of the keys is part of the contract: `pack` before `pair`.

    The first 19 keys are always there; the rest are left out when they are not known.
    """

    t_ms: Count = Field(description="Time of writing, Unix ms")
    pack: str = Field(description="Pack name")
    pair: PairId | None = Field(description="Pair id in the manifest")
    warp_diff: Amount | None = Field(default=None, description="Difference of the layers' warp")
    cx_diff: Amount | None = Field(default=None, description="Difference of the layers' cx")
    quality01: Share | None = Field(default=None, description="Merged score at pick time, 0..1")
    intensity01: Share | None = Field(default=None, description="Music's intensity at pick, 0..1")
    preset_fg_id: OuterText | None = Field(default=None, description="Applied foreground preset")
    preset_bg_id: OuterText | None = Field(default=None, description="Applied background preset")
    viz_avg_luma: Share | None = Field(default=None, description="Mean luma of both layers, 0..1")
    viz_avg_frame_delta: Amount | None = Field(default=None, description="Mean motion proxy, >= 0")
    pm_avg_luma_fg: Share | None = Field(default=None, description="Foreground luma, 0..1")
    pm_avg_luma_bg: Share | None = Field(default=None, description="Background luma, 0..1")
    audio_rms: Share | None = Field(default=None, description="RMS of pre-emphasised audio, 0..1")
    audio_peak: Share | None = Field(default=None, description="Peak of pre-emphasised audio")
    page_errors_since_last: Count = Field(default=0, description="Page errors since the last row")
    console_errors_since_last: Count = Field(default=0, description="Console errors since then")
    ok_heuristic: bool = Field(description="Whether no check failed")
    reasons: list[str] = Field(description="Failed checks, in their fixed order")

    driver: Omittable[Literal["stage", "live"]] = Field(default=None, description="Who rendered")
    renderer_class: Omittable[str] = Field(default=None, description="Class of the renderer")
    seed: Omittable[Annotated[int, Within(0, MAX_SAFE_INTEGER)]] = Field(
        default=None, description="Seed of the run"
    )
    composite_avg_luma: Omittable[Share] = Field(default=None, description="Mean luma, 0..1")
    composite_avg_frame_delta: Omittable[Amount] = Field(default=None, description="Mean motion")
    composite_color_r: Omittable[Share] = Field(default=None, description="Mean red, 0..1")
    composite_color_g: Omittable[Share] = Field(default=None, description="Mean green, 0..1")
    composite_color_b: Omittable[Share] = Field(default=None, description="Mean blue, 0..1")
    fg_avg_frame_delta: Omittable[Amount] = Field(default=None, description="Foreground's motion")
    bg_avg_frame_delta: Omittable[Amount] = Field(default=None, description="Background's motion")
    luma_range: Omittable[Share] = Field(default=None, description="Highest less lowest luma")
    black_share: Omittable[Share] = Field(default=None, description="Share of black pixels, 0..1")
    blown_share: Omittable[Share] = Field(default=None, description="Share of blown pixels, 0..1")
    black_frames: Omittable[Share] = Field(default=None, description="Share of black frames, 0..1")
    blown_frames: Omittable[Share] = Field(default=None, description="Share of blown frames, 0..1")
    audio_response: Omittable[Share] = Field(
        default=None, description="Mean difference of luma from the same frames in silence, 0..1"
    )
    audio_response_fg: Omittable[Share] = Field(default=None, description="Of the foreground")
    audio_response_bg: Omittable[Share] = Field(default=None, description="Of the background")
    audio_alignment: Omittable[Correlation] = Field(
        default=None, description="Correlation of motion with the music's energy, -1..1"
    )
    audio_alignment_control: Omittable[Correlation] = Field(
        default=None, description="The same for the music shifted in time"
    )
    flashes_per_s: Omittable[Amount] = Field(
        default=None, description="Most flashes in a second of any field, WCAG 2.3.1"
    )
    red_flashes_per_s: Omittable[Amount] = Field(default=None, description="Those of saturated red")
    flash_unsafe: Omittable[bool] = Field(
        default=None, description="Whether there are more than three flashes in a second"
    )
    colourfulness: Omittable[Amount] = Field(
        default=None, description="Hasler and Susstrunk's M3, 0 grey to about 109"
    )
    spatial_detail: Omittable[Amount] = Field(
        default=None, description="Spatial information of ITU-T P.910, of luma in 0..1"
    )
    fg_contribution: Omittable[Share] = Field(
        default=None, description="Change of luma that leaving the foreground out makes, 0..1"
    )
    bg_contribution: Omittable[Share] = Field(default=None, description="The same, background")
    preset_fg_digest: Omittable[str] = Field(
        default=None, description="SHA-256 of the foreground's file, as it was measured"
    )
    preset_bg_digest: Omittable[str] = Field(default=None, description="The same, background")
    last_luma: Omittable[Share] = Field(
        default=None, description="Luma of the last frame, which the thumbnail shows, 0..1"
    )
    thumbnail_digest: Omittable[str] = Field(
        default=None, description="SHA-256 of the thumbnail's file"
    )
    audio_clip: Omittable[str] = Field(default=None, description="Which clip the pair heard")
    degraded: Omittable[list[str]] = Field(default=None, description="Parts that are not drawn")
    render_ms_per_frame: Omittable[Amount] = Field(default=None, description="Wall time, ms")
    composed: Omittable[bool] = Field(
        default=None,
        description="Whether it is computed from its layers, each drawn alone; else it was drawn",
    )


MEASUREMENT_FIELDS = tuple(
    name for name in EvalRow.model_fields if name not in {"t_ms", "render_ms_per_frame"}
)
"""Attributes that come out the same when a seed is rendered again on the same renderer."""


def ok_heuristic(
    luma: float | None,
    motion: float | None,
    page_errors: int,
    console_errors: int,
    *,
    luma_min: float = TOO_DARK_LUMA,
    motion_min: float = LOW_MOTION,
) -> tuple[bool, list[str]]:
    """Returns whether a measurement passes all checks, and those it does not pass.

    Args:
        luma: Mean luma, 0 to 1; None or NaN when there was no sample.
        motion: Mean motion, 0 or more; None or NaN when there was no sample.
        page_errors: Uncaught errors of the page since the last row.
        console_errors: Its console messages of type error since the last row.
        luma_min: Luma at or below this is too dark.
        motion_min: Motion below this is too low; motion equal to it passes.
    """
    no_luma = luma is None or math.isnan(luma)
    no_motion = motion is None or math.isnan(motion)
    checks: dict[Reason, bool] = {
        "pageerror": page_errors > 0,
        "consoleerror": console_errors > 0,
        "too-dark": luma is not None and luma <= luma_min,
        "too-bright": luma is not None and luma >= TOO_BRIGHT_LUMA,
        "no-luma": no_luma,
        "low-motion": motion is not None and motion < motion_min,
        "no-motion-sample": no_motion,
    }
    reasons: list[str] = [reason for reason, failed in checks.items() if failed]
    return not reasons, reasons


def has_measurement(row: EvalRow) -> bool:
    """Tells whether a row measured both luma and motion.

    Foreign writers put 0 for a luma and a motion they never sampled: a row with both exactly 0
    and neither layer's luma known is such a one.
    """
    if row.viz_avg_luma is None or row.viz_avg_frame_delta is None:
        return False
    both_zero = row.viz_avg_luma == 0 and row.viz_avg_frame_delta == 0
    return not (both_zero and row.pm_avg_luma_fg is None and row.pm_avg_luma_bg is None)


class EvalLog(JsonlLog[EvalRow]):
    """The append-only log of one run's measurements."""


def read_eval_rows(path: Path) -> JsonlRead[EvalRow]:
    """Reads the measurements of a run, foreign ones included.

    Unknown reasons and rows without a pair are kept; lines that are no row are counted.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    return read_jsonl(path, EvalRow)
