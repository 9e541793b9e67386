"""From a pack to a release: where each stage leaves what the next one reads, and which have ended.

A stage that has ended leaves a marker, last. It counts for as long as what was asked for and what
was read are the same, and what the stage left is there unchanged: so the same loop asked for again,
here or elsewhere, does what is missing. Drawing takes, sampling and promoting know that themselves.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.verification import REPORT_NAME
from aivj.coupling.served_files import CHECKPOINT_NAME
from aivj.storage import ObjectFolder, open_folder, sha256_hex

LoopStage = Literal["takes", "sample", "check", "train", "score", "verify", "promote"]

_ABSENT = "absent"
_MARKERS = "stages"


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

    def has(self, stage: LoopStage) -> bool:
        """Tells whether a stage is one of this loop."""
        order: tuple[LoopStage, ...] = get_args(LoopStage)
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


class StageMarker(ContractModel):
    """That a stage has ended.

    Attributes:
        stage: Its name.
        asked: Digest of its options, and of what it read.
        left: Digests of the files that it left, by name.
    """

    stage: str
    asked: str
    left: dict[str, str]


class EndedStages:
    """The markers of a loop.

    Args:
        folder: The loop's folder; holds them in `stages/`.
    """

    def __init__(self, folder: str) -> None:
        self._folder: ObjectFolder = open_folder(folder).folder(_MARKERS)

    def has_ended(self, stage: str, asked: str, left: Sequence[str]) -> bool:
        """Tells whether a stage has ended that was asked for this, and left what is there now."""
        found = self._folder.read(f"{stage}.json")
        if found is None:
            return False
        try:
            marker = StageMarker.model_validate_json(found)
        except ValidationError:
            return False
        return marker.asked == asked and marker.left == _digests(left)

    def mark(self, stage: str, asked: str, left: Sequence[str]) -> None:
        """Notes that a stage has ended.

        Raises:
            StorageError: It cannot be written.
        """
        marker = StageMarker(stage=stage, asked=asked, left=_digests(left))
        self._folder.write(f"{stage}.json", document_bytes(marker))


def digest_of(options: Mapping[str, object], read: Sequence[str]) -> str:
    """Returns a digest of what a stage is asked for, and of the files and folders that it reads."""
    said = json.dumps({name: str(value) for name, value in options.items()}, sort_keys=True)
    return sha256_hex(json.dumps([said, [_content(place) for place in read]]).encode())


def _digests(places: Sequence[str]) -> dict[str, str]:
    return {place.rpartition("/")[2]: _content(place) for place in places}


def _content(place: str) -> str:
    """Returns the digest of a file, or of all files of a folder."""
    parent, slash, name = place.rstrip("/").rpartition("/")
    beside = open_folder(parent or slash or ".")
    if name not in beside.listing():
        return _folder_content(beside.folder(name))
    return sha256_hex(beside.read(name) or b"")


def _folder_content(folder: ObjectFolder) -> str:
    lines = [f"{name} {sha256_hex(folder.read(name) or b'')}" for name in sorted(folder.listing())]
    lines += [f"{name}/ {_folder_content(folder.folder(name))}" for name in folder.folders()]
    return sha256_hex("\n".join(lines).encode()) if lines else _ABSENT
