"""What `aivj check-frames` says of an index of pictures; of its names only some are known."""

from typing import Annotated, Literal

from pydantic import AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from aivj.contracts.fields import Count, Omittable, Share
from aivj.contracts.json_text import ContractModel


class FrameThresholds(ContractModel):
    """What an index is judged by; its fields are options of the command line too."""

    # A field's `alias` would name a variable of the environment there.
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_camel)
    )

    luma_min: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="Mean luma")] = (
        0.01
    )
    motion_min: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Motion of pictures in a row")
    ] = 0.005
    min_ok_ratio: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Least share that is ok")
    ] = 0.85
    max_fail_ratio: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Most that failed")
    ] = 0.15
    max_low_both_ratio: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Most of the ok too dark and too still"),
    ] = 0.25
    max_missing_metrics_ratio: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Most of the ok without figures")
    ] = 0.15
    max_missing_frames_ratio: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Most of the ok without pictures")
    ] = 0.15


class FrameCounts(ContractModel):
    """Presets, each by the line that counts; but `lines` and `bad_lines`, which are lines."""

    lines: Count = Field(description="Lines that could be read")
    bad_lines: Count = Field(description="Lines that could not")
    presets: Count = Field(description="Presets")
    ok: Count = Field(description="Presets with pictures")
    failed: Count = Field(description="Presets without")
    skipped: Count = Field(description="Presets that were passed over")
    low_both: Count = Field(description="Of the ok: too dark and too still")
    missing_metrics: Count = Field(description="Of the ok: without luma or motion")
    missing_frames: Count = Field(description="Of the ok: a picture is not there")


class FrameRange(ContractModel):
    """Least and most."""

    min: float = Field(description="Least")
    max: float = Field(description="Most")


class FrameRanges(ContractModel):
    """Of the presets that are ok; absent if none has the figure."""

    avg_luma: Omittable[FrameRange] = Field(default=None, description="Mean luma")
    motion: Omittable[FrameRange] = Field(default=None, description="Motion")


class FrameRatios(ContractModel):
    """Shares, 0 where there is nothing to share."""

    ok: Share = Field(description="Of all presets")
    fail: Share = Field(description="Of all presets")
    low_both: Share = Field(description="Of the ok")
    missing_metrics: Share = Field(description="Of the ok")
    missing_frames: Share = Field(description="Of the ok")
    same_first_frame: Omittable[Share] = Field(
        default=None,
        description="Of the ok: the first picture is another's too, to the byte; at scale only",
    )


class FrameTimes(ContractModel):
    """When lines were written, ISO-8601; null without any."""

    earliest: str | None = Field(description="First")
    latest: str | None = Field(description="Last")


class FramesVerdict(ContractModel):
    """Whether the pictures will do."""

    ok: bool = Field(description="Whether every limit holds")
    reasons: tuple[str, ...] = Field(description="Those that do not")


class FramesQuality(ContractModel):
    """An index of pictures, judged."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When, ISO-8601")
    index_path: str = Field(description="The index")
    counts: FrameCounts
    ranges: FrameRanges
    ratios: FrameRatios
    time: FrameTimes
    thresholds: FrameThresholds
    verdict: FramesVerdict
