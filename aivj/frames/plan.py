"""Which frames of a preset are kept as pictures, how large, and what of them will do."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

PictureFormat = Literal["webp", "png", "jpeg"]

ENDINGS: dict[str, PictureFormat] = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpeg"}
"""What files of pictures end with, by their type."""

NUM_OF_A_TAKE = 3
"""Pictures that a take has."""

_LIMIT = "Presets beyond it count as failed; not looked at unless given."


@dataclass(frozen=True)
class CapturePlan:
    """How the page draws a preset and takes pictures of it, to music made for that.

    Attributes:
        frames_per_s: Rate of the virtual clock.
    """

    width: Annotated[int, Field(ge=64, le=3840, description="Pixels that are drawn.")] = 256
    height: Annotated[int, Field(ge=36, le=2160, description="Pixels that are drawn.")] = 144
    out_size: Annotated[
        int, Field(ge=32, le=2048, description="Pixels of a side of the square pictures.")
    ] = 224
    warmup_frames: Annotated[
        int, Field(ge=1, le=3600, description="Frames up to the first picture.")
    ] = 60
    capture_count: Annotated[int, Field(ge=1, le=200, description="Pictures of a preset.")] = 3
    capture_every: Annotated[
        int, Field(ge=1, le=3600, description="Frames from one picture to the next.")
    ] = 30
    timeout_ms: Annotated[
        int, Field(ge=1000, le=600_000, description="Longest time for a try.")
    ] = 20_000
    picture_format: Annotated[PictureFormat, Field(description="Of the pictures.")] = "webp"
    picture_quality: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Of what is lossy.")
    ] = 0.92
    frames_per_s: int = 30

    @property
    def capture_frames(self) -> tuple[int, ...]:
        """Which frames are kept, counted from 1."""
        return tuple(
            self.warmup_frames + number * self.capture_every for number in range(self.capture_count)
        )

    def request(self, preset: Any, limits: "Limits") -> dict[str, Any]:
        """Returns what `__nw_dumpPresetFrames` is asked.

        Args:
            preset: Butterchurn's preset.
            limits: What the pictures must be like.
        """
        return {
            "preset": preset,
            "width": self.width,
            "height": self.height,
            "outSize": self.out_size,
            "warmupFrames": self.warmup_frames,
            "captureCount": self.capture_count,
            "captureEvery": self.capture_every,
            "timeoutMs": self.timeout_ms,
            "fps": self.frames_per_s,
            "format": self.picture_format,
            "quality": self.picture_quality,
            "audio": "synthetic",
            "statsKey": "aivj",
        } | limits.given


@dataclass(frozen=True)
class Limits:
    """What the pictures of a preset must be like, 0 to 1."""

    luma_min: Annotated[
        float | None, Field(ge=0, le=1, allow_inf_nan=False, description=f"Mean luma. {_LIMIT}")
    ] = None
    luma_max: Annotated[
        float | None, Field(ge=0, le=1, allow_inf_nan=False, description=f"Mean luma. {_LIMIT}")
    ] = None
    motion_min: Annotated[
        float | None,
        Field(ge=0, le=1, allow_inf_nan=False, description=f"Of pictures in a row. {_LIMIT}"),
    ] = None

    @property
    def given(self) -> dict[str, float]:
        """Those that are looked at, by the page's name for them."""
        limits = {
            "lumaMin": self.luma_min,
            "lumaMax": self.luma_max,
            "motionMin": self.motion_min,
        }
        return {name: limit for name, limit in limits.items() if limit is not None}

    def faults(self, luma: float | None, motion: float | None) -> tuple[str, ...]:
        """Returns what pictures are not like, in the page's words (`preset_reasons.ts`)."""
        looks_at_luma = self.luma_min is not None or self.luma_max is not None
        found = []
        if looks_at_luma and luma is None:
            found.append("luma-missing")
        if self.luma_min is not None and luma is not None and luma < self.luma_min:
            found.append(f"luma<{self.luma_min:g}")
        if self.luma_max is not None and luma is not None and luma > self.luma_max:
            found.append(f"luma>{self.luma_max:g}")
        if self.motion_min is not None and motion is None:
            found.append("motion-missing")
        if self.motion_min is not None and motion is not None and motion < self.motion_min:
            found.append(f"motion<{self.motion_min:g}")
        return ("quality-filter", *found) if found else ()
