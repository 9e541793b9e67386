"""From a pack to a release: where each stage leaves what the next one reads.

Drawing takes, sampling and promoting know themselves what is missing; of the others it stands in
markers, see `aivj.pipeline.stages`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.verification import REPORT_NAME
from aivj.coupling.served_files import CHECKPOINT_NAME

LoopStage = Literal["takes", "sample", "check", "train", "score", "verify", "promote"]


class LoopRequest(BaseModel):
    """What a loop is asked for, over all its stages; each stage may be asked for more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str = Field(description="Name of the pack, a folder below public/presets.")
    out_dir: str = Field(
        description="Where run, net and evidence are put; the same each time. Default: "
        "<home>/loops/<pack>."
    )
    presets: str | None = Field(
        None, description="Before all else, draw the takes of this folder of .milk files."
    )
    sweep: bool = Field(
        default=False, description="Search weights and sizes, instead of fitting one net."
    )
    first: LoopStage = Field("takes", description="Begin at this stage; those before are done.")
    seed: int | None = Field(None, ge=0, description="Of picks, fit and verification.")
    num_workers: int | None = Field(None, ge=1, le=4096, description="Browsers at a time.")
    takes_uri: str | None = Field(
        None, description="Where takes are kept: a folder, or s3://bucket/prefix."
    )
    ray_address: str | None = Field(
        None, description="Join this Ray cluster (`auto` inside a job)."
    )
    allow_cpu: bool = Field(
        default=False, description="Train on the CPU where there is no CUDA device."
    )

    def has(self, stage: str) -> bool:
        """Tells whether a stage is one of this loop."""
        order: tuple[str, ...] = get_args(LoopStage)
        return order.index(stage) >= order.index(self.first)


@dataclass(frozen=True)
class LoopFiles:
    """Where everything lies.

    Attributes:
        folder: Run, net and evidence.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        pack: Name of the pack.
    """

    folder: str
    packs_root: str
    pack: str

    @property
    def run(self) -> str:
        """The run directory."""
        return f"{self.folder}/run"

    @property
    def rows(self) -> str:
        """What was measured."""
        return f"{self.run}/eval.jsonl"

    @property
    def fit(self) -> str:
        """The folder of the net."""
        return f"{self.folder}/coupling"

    @property
    def checkpoint(self) -> str:
        """The net."""
        return f"{self.fit}/models/{CHECKPOINT_NAME}"

    @property
    def evidence(self) -> str:
        """What verifying wrote."""
        return f"{self.folder}/verify"

    @property
    def report(self) -> str:
        """What verifying found."""
        return f"{self.evidence}/{REPORT_NAME}"

    @property
    def manifest(self) -> str:
        """The pack's pairs."""
        return f"{self.packs_root}/presets/{self.pack}/{PAIRS_MANIFEST_NAME}"

    @property
    def quality(self) -> str:
        """The pack's scores."""
        return f"{self.packs_root}/presets/{self.pack}/{PAIRS_QUALITY_NAME}"
