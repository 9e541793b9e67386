"""`GET /api/library` of the library page: some presets of a library, and how many there are."""

from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.contracts.style_index import Energy

PresetQuality = Literal["ok", "crash-safe", "failed", "not-probed"]
"""`crash-safe`: breaks nothing and has another fault, so each preset is in one of them alone."""


class LibraryTile(ContractModel):
    """One file of the library."""

    id: Count = Field(description="What its picture is asked by, while the server lives")
    rel_path: OuterText = Field(description="Path below the library")
    title: OuterText = Field(description="Its name without author and `.milk`")
    author: OuterText = Field(description="As its name has it; empty if it names nobody")
    style: OuterText = Field(description="Key of its style; empty if it has none")
    energy: Energy = Field(description="How much it moves")
    quality: PresetQuality
    reasons: list[OuterText] = Field(description="What is wrong with it")
    luma: Number | None = Field(description="Mean luma, 0..1; null if it was not measured")
    motion: Number | None = Field(description="Mean difference of frames in a row, 0..1, or null")
    preset_id: OuterText | None = Field(
        description="Its id in the pack that is looked at; null if that does not have it"
    )
    has_picture: bool = Field(description="Whether there is a take of it")


class LibraryChoice(ContractModel):
    """A value to choose presets by."""

    key: OuterText
    label: OuterText = Field(description="For people")
    count: Count = Field(description="Presets that the other choices leave and that have it")


class LibraryChoices(ContractModel):
    """All values there are, the most frequent first."""

    styles: list[LibraryChoice]
    energies: list[LibraryChoice]
    qualities: list[LibraryChoice]
    failures: list[LibraryChoice] = Field(description="Reasons; at most the 40 most frequent")


class LibraryPage(ContractModel):
    """A page of what was chosen of a library."""

    version: Literal[1] = 1
    source: OuterText = Field(description="What was read: an audit, or a pack")
    missing: OuterText | None = Field(
        default=None, description="Why there is no library, and what to do; null: there is one"
    )
    pack: OuterText | None = Field(description="The pack that is looked at, if one is")
    styles_from: OuterText = Field(description="Where styles and energy are from")
    player: str | None = Field(description="Address of a player that serves the pack; null: none")
    notices: list[str] = Field(description="What cannot be shown, and why")
    num_presets: Count = Field(description="Files of the library")
    num_found: Count = Field(description="Of these, what was chosen")
    page: Count = Field(description="1 and on")
    num_pages: Count = Field(description="At least 1")
    choices: LibraryChoices
    tiles: list[LibraryTile] = Field(description="In the order of their paths")
