"""What decides the bytes of a take besides its preset, and so where takes may be shared."""

import hashlib
from dataclasses import asdict, fields

from pydantic import Field

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel, row_bytes
from aivj.storage import sha256_hex
from aivj.takes.settings import RenderSettings

_DIGEST_LENGTH = 16
_SEED_BITS = 32


class Conditions(ContractModel):
    """Everything but the preset that decides what is drawn.

    Takes of equal conditions may be compared and composed; others may not.
    """

    renderer_class: str = Field(description="Class of the renderer, such as nvidia")
    stage: str = Field(description="Digest of the part of the stage that draws")
    converter: str = Field(description="Digest of the converter")
    clip: str = Field(description="SHA-256 of the music as the page is given it")
    width: Count = Field(description="Pixels")
    height: Count = Field(description="Pixels")
    mesh_width: Count = Field(description="Squares of the warp mesh in a row")
    mesh_height: Count = Field(description="Rows of the warp mesh")
    warmup_frames: Count = Field(description="Frames before the measured ones")
    measure_frames: Count = Field(description="Frames measured")
    silent_frames: Count = Field(description="At how many of them silence is compared")
    silent_every: Count = Field(description="Which these are: every n-th")
    frames_per_s: Count = Field(description="Rate of the virtual clock")

    @classmethod
    def of(
        cls,
        settings: RenderSettings,
        *,
        renderer_class: str,
        stage: str,
        converter: str,
        clip: bytes,
    ) -> "Conditions":
        """Returns the conditions of a rendering.

        Args:
            settings: How presets are rendered.
            renderer_class: See `RendererReport.renderer_class`.
            stage: Digest of the drawing part of the stage.
            converter: Digest of the converter.
            clip: The music as the page is given it, see `aivj.audio.samples.time_bytes`.
        """
        return cls(
            renderer_class=renderer_class,
            stage=stage,
            converter=converter,
            clip=sha256_hex(clip),
            **asdict(settings),
        )

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that name these conditions."""
        return sha256_hex(row_bytes(self))[:_DIGEST_LENGTH]

    @property
    def settings(self) -> RenderSettings:
        """How presets are rendered."""
        return RenderSettings(
            **{field.name: getattr(self, field.name) for field in fields(RenderSettings)}
        )


def layer_seed(content: str) -> int:
    """Returns the seed of a preset's random numbers, 0 to 2**32 - 1.

    It comes from the content alone, so that a preset looks the same in every pair, pack and run.

    Args:
        content: The preset's content hash, see `aivj.presets.digest.content_hash`.
    """
    digest = hashlib.sha256(f"layer {content}".encode()).digest()
    return int.from_bytes(digest[: _SEED_BITS // 8], "big")
