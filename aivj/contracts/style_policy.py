"""`aivj-style-policy.v0.json`: how a runtime goes from the music's motion to presets' energy."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Share
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.contracts.style_index import Energy
from aivj.storage import write_atomic

STYLE_POLICY_NAME = "aivj-style-policy.v0.json"


class MotionThresholds(ContractModel):
    """Up to which motion presets should be calm, and up to which they should groove."""

    calm_max: Share = Field(default=0.42, description="Most motion that is still calm")
    groove_max: Share = Field(default=0.72, description="Most motion that is still groove")


class StylePolicy(ContractModel):
    """What a runtime does with a style index."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When it was written, ISO-8601")
    pack: str = Field(description="Name of the library's folder")
    prefer_same_author_chance: Share = Field(
        default=1, description="How often the next preset is of the present one's group"
    )
    motion_thresholds: MotionThresholds = Field(default_factory=MotionThresholds)
    profile_map: dict[str, Energy] = Field(
        default={
            "ambient": "calm",
            "drone": "calm",
            "dub": "groove",
            "videoVj": "groove",
            "peakRave": "peak",
        },
        description="Energy of profiles that do not follow the music",
    )


def write_style_policy(path: Path, policy: StylePolicy) -> None:
    """Writes a policy, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(policy))
