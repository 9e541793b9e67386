"""`diversity.json`: how varied a pack is, by its texts and by its pictures, and the verdict."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.checks import CheckResult, Passed, failures
from aivj.contracts.fields import Amount, Count, Omittable, OuterText, Share
from aivj.contracts.json_text import ContractModel, read_object, validated

DIVERSITY_NAME = "diversity.json"


class TextFigures(ContractModel):
    """What the texts of a pack's presets have in common."""

    num_presets: Count = Field(description="Presets, each content once")
    colourless_share: Share = Field(description="Whose wave is black: wave_r, wave_g, wave_b 0")
    no_equations_share: Share = Field(description="Without a line of equations")
    same_shapes_share: Share = Field(description="With the commonest set of custom shapes")
    same_shapes: list[Count] = Field(description="The shapes that are on in that set")
    same_switches_share: Share = Field(
        description="With the commonest wave mode and switches of the whole picture"
    )
    duplicate_share: Share = Field(description="That another of nearly the same code stands for")
    repeated_share: Share = Field(
        description="Of pairs, or of a library's presets, those whose texts are nearly another's"
    )
    largest_groups: list[list[OuterText]] = Field(
        description="Files of nearly the same code, the largest groups, some of each"
    )
    largest_sizes: list[Count] = Field(description="How many there are in these")


class VendiFigures(ContractModel):
    """How many different pictures a pack amounts to."""

    num_compared: Count = Field(description="Pictures of one draw: sizes cannot be compared")
    num_draws: Count = Field(description="How often so many were drawn")
    mean: Amount = Field(description="Vendi score, 1 to the number compared")
    low: Amount = Field(description="Of 95 of 100 draws the least")
    high: Amount = Field(description="And the greatest")


class SpreadFigures(ContractModel):
    """How a figure is spread over pictures."""

    p10: Amount
    p50: Amount
    p90: Amount


class RepeatedLook(ContractModel):
    """Pictures of one look."""

    num: Count = Field(description="How many")
    share: Share = Field(description="Of all pictures")
    examples: list[OuterText] = Field(description="Some of them: ids of pairs, or files")


class PictureFigures(ContractModel):
    """What the pictures of a pack have in common."""

    num_pictures: Count = Field(description="Pairs, or presets of a library")
    num_not_drawn: Count = Field(description="Those of which a preset could not be drawn")
    renderer_class: str = Field(description="What drew")
    vendi: VendiFigures
    duplicate_share: Share = Field(description="That another of the same look stands for")
    repeated: list[RepeatedLook] = Field(description="The ten most repeated looks")
    num_colours: Count = Field(description="Of 64 cubes of RGB those that some picture shows")
    effective_colours: Amount = Field(description="How many equal shares of them it amounts to")
    num_motions: Count = Field(description="Of 10 levels of motion those with a hundredth of all")
    effective_motions: Amount = Field(description="How many equal shares of them it amounts to")
    luma: SpreadFigures = Field(description="Mean luma, 0 to 1")
    motion: SpreadFigures = Field(description="Mean change of luma from frame to frame")


class DiversityReport(ContractModel):
    """How varied a pack is."""

    schema_version: Literal[1] = 1
    pack: str
    generated_at: str = Field(description="ISO-8601 time")
    manifest_digest: str = Field(description="SHA-256 of the manifest that was looked at")
    verdict: Passed = Field(description="Passed if no rule failed")
    checks: Mapping[str, CheckResult] = Field(description="Each rule's result, by name")
    text: TextFigures
    pictures: Omittable[PictureFigures] = Field(None, description="None if texts alone were read")

    @property
    def failed_checks(self) -> dict[str, str]:
        """What rules that failed found, by name."""
        return failures(self.checks)


def read_diversity(path: Path) -> DiversityReport:
    """Reads a report.

    Raises:
        InputError: There is none, or it is broken.
    """
    return validated(DiversityReport, read_object(path), str(path))
