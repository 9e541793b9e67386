"""What choosing a pack among all pairs of a set of presets is asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from aivj.curation.choosing import Choosing, Method
from aivj.packs.audited import pool_parameters
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE
from aivj.packs.provenance import Parameter

Quality = Literal["target", "score", "both"]

_MAX_PAIRS = 100_000


class PairsRequest(BaseModel):
    """Which presets, and how pairs of them are chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(description="Name of the new pack.")
    packs_root: Path
    feature_store: Path
    presets: Path | None = Field(None, description="Folder of .milk files, walked whole.")
    from_pack: str | None = Field(None, description="Instead: the presets of this pack.")
    max_presets: int | None = Field(
        None,
        ge=2,
        le=10_000_000,
        description="Of the presets only so many, drawn by the seed. Default: all.",
    )
    num: int = Field(300, ge=1, le=_MAX_PAIRS, description="How many pairs, at most.")
    max_uses: int = Field(
        4, ge=1, le=_MAX_PAIRS, description="How often a preset is used, at most, in both places."
    )
    quality: Quality = Field(
        "target", description="What is good: what is measured, what a net says, or their mean."
    )
    checkpoint_path: Path | None = Field(
        None, description="The net of --quality. Default: the last one of `aivj train`."
    )
    variety: float = Field(
        0.5, ge=0, le=1, description="0: quality alone. 1: unlike pictures alone."
    )
    method: Method = Field("dpp", description="How pairs are chosen; docs/pairs.md.")
    num_measured: int = Field(
        100_000, ge=2, le=10_000_000, description="Pairs measured, at most; the best at a glance."
    )
    contrast: bool = Field(
        default=False,
        description="Half of the pairs as they come, at random: a net learns from what differs.",
    )
    degraded: Literal["keep", "skip"] = Field(
        "keep", description="What becomes of presets of which a part cannot be drawn."
    )
    seed: int = Field(0, ge=0, description="Same seed, same bytes.")
    max_mb: int = Field(
        MAX_PACK_BYTES // MEGABYTE,
        ge=1,
        le=1_000_000,
        description="Megabytes of presets copied, at most.",
    )
    replace: bool = Field(
        default=False, description="Replace a pack of that name that was made otherwise."
    )

    @property
    def source(self) -> str:
        """What the provenance calls the set of presets."""
        return str(self.from_pack) if self.presets is None else self.presets.resolve().name

    @property
    def of_pool(self) -> Mapping[str, Parameter]:
        """The audited pool that the presets are from, for the provenance; nothing without one."""
        pack = self.packs_root / "presets" / str(self.from_pack)
        return pool_parameters(self.presets or pack)

    @property
    def choosing(self) -> Choosing:
        """How pairs are chosen; with contrast half of them, and one more of an odd number."""
        num = -(-self.num // 2) if self.contrast else self.num
        return Choosing(num, self.max_uses, self.variety, self.method)

    @property
    def parameters(self) -> dict[str, int | float | str]:
        """What decides the choice beside presets, seed and net, for the provenance."""
        optional = {"maxPresets": self.max_presets, "numAtRandom": self.num - self.choosing.num}
        return {
            "num": self.num,
            "maxUses": self.max_uses,
            "quality": self.quality,
            "variety": self.variety,
            "method": self.method,
            "numMeasured": self.num_measured,
            "degraded": self.degraded,
            **{name: value for name, value in optional.items() if value},
            **self.of_pool,
        }
