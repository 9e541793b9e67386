"""What `aivj sync` says on stderr: each pack that was named, and what came of it."""

from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Count, Omittable
from aivj.contracts.json_text import ContractModel

SyncMode = Literal["flat", "coupled"]


class SyncedPack(ContractModel):
    """One pack."""

    pack_name: str
    mode: SyncMode = Field(description="Single presets, or pairs")
    copied: Count = Field(description="Files of the pack that are there now; two of each pair")
    pairs: Omittable[Count] = Field(None, description="Pairs; of a coupled pack alone")
    dest_dir: str = Field(description="Where they are")
    written: Count = Field(description="Of the files, those that were not there as they are")
    errors: dict[str, Count] = Field(description="What could not be taken, by reason")


class SyncReport(ContractModel):
    """All packs that were named."""

    ok: bool = Field(description="Whether nothing was left out")
    dry_run: bool = Field(description="Whether nothing was written")
    results: list[SyncedPack]
