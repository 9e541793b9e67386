"""Where the presets of a drawn folder came from: written beside them, read by later stages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Omittable
from aivj.contracts.json_text import ContractModel, read_object, validated
from aivj.errors import InputError
from aivj.packs.drawing import DrawnPair, DrawnPreset, SeededDraw
from aivj.packs.scan import PresetFile

PROVENANCE_NAME = "pack-provenance.json"
PASSED_OVER_NAME = "pack-passed-over.json"
"""The presets that a draw looked at and did not take, beside the provenance."""

DrawKind = Literal["coupled-pack", "chosen-pairs", "weak-elite"]
"""Pairs at random, the best of all pairs, or pairs that presets' own ratings speak for."""

FoundKind = Literal["elite-list", "double-presets", "synced", "library"]
"""What was there: an elite list's pairs, MilkDrop 3's, a source pack's; or single presets."""

Parameter = int | float | str
"""A number or name that decided what is in a pack."""


class PresetOrigin(ContractModel):
    """One copied preset."""

    file: str = Field(description="The copy, relative to the folder")
    source: str = Field(description="The original, relative to the library's folder")
    content_hash: str = Field(description="Equal for files that hold the same preset")
    f_rating: float | None = Field(description="The rating in the preset, null if it has none")
    family: str = Field(description="Whose it is, read from the original's name")


class PairOrigin(ContractModel):
    """One drawn pair."""

    pair: int = Field(description="Id of the pair, or its rank in an elite list")
    fg: PresetOrigin
    bg: PresetOrigin
    blending: Omittable[dict[str, str]] = Field(
        None, description="How its source blends the two; a double preset's alone"
    )


class Provenance(ContractModel):
    """What was drawn, from where, and by which seed. Holds no time: the same draw is the same."""

    version: str = "v0"
    kind: DrawKind | FoundKind
    seed: int | None = Field(description="What decided the draw, null if nothing was drawn")
    parameters: dict[str, Parameter] = Field(description="How many pairs were asked for, and how")
    source_folder: str = Field(description="Name of the library's folder, or of what was listed")
    num_presets: int = Field(description="Presets in the library")
    skipped: dict[str, int] = Field(description="Presets passed over, by reason")
    pairs: list[PairOrigin]


class PassedOverPreset(ContractModel):
    """One preset that was looked at and not drawn."""

    source: str = Field(description="The preset, relative to the library's folder")
    reason: str = Field(description="Why, as it is counted in the provenance")
    detail: str = Field(description="What it is of this preset; may be empty")


class PassedOverList(ContractModel):
    """All of a draw, in its order."""

    version: str = "v0"
    presets: list[PassedOverPreset]


def passed_over_list(draw: SeededDraw) -> PassedOverList:
    """Lists what a draw passed over."""
    return PassedOverList(
        presets=[
            PassedOverPreset(
                source=each.source.relative_path,
                reason=each.rejection.reason,
                detail=each.rejection.detail,
            )
            for each in draw.passed_over
        ]
    )


def trace(
    draw: SeededDraw,
    pairs: Sequence[DrawnPair],
    *,
    kind: DrawKind,
    parameters: Mapping[str, Parameter],
    source: str | None = None,
) -> Provenance:
    """Describes what was drawn; `source` names the library, if not its folder does."""
    return Provenance(
        kind=kind,
        seed=draw.seed,
        parameters=dict(parameters),
        source_folder=source or _folder_name(draw.presets),
        num_presets=len(draw.presets),
        skipped=dict(sorted(draw.skipped.items())),
        pairs=pair_origins(pairs),
    )


def pair_origins(pairs: Sequence[DrawnPair]) -> list[PairOrigin]:
    """Tells where the presets of each pair came from."""
    return [
        PairOrigin(
            pair=pair.number,
            fg=_origin(pair.fg, pair.fg_file),
            bg=_origin(pair.bg, pair.bg_file),
        )
        for pair in pairs
    ]


def read_provenance(folder: Path) -> Provenance:
    """Reads what was drawn into `folder`.

    Raises:
        InputError: There is no provenance, or it is broken.
    """
    path = folder / PROVENANCE_NAME
    return validated(Provenance, read_object(path), str(path))


def _origin(preset: DrawnPreset, file: str) -> PresetOrigin:
    return PresetOrigin(
        file=file,
        source=preset.source.relative_path,
        content_hash=preset.content_hash,
        f_rating=preset.milk.f_rating,
        family=preset.family,
    )


def _folder_name(library: Sequence[PresetFile]) -> str:
    """Returns the name of the folder that the relative paths start from."""
    first = library[0]
    return first.path.parents[first.relative_path.count("/")].name


def original_names(files: Sequence[Path]) -> list[str]:
    """Returns for each preset file the path it had in its library.

    That stands in the provenance of the folder that holds `fg/` and `bg/`. A preset without one
    goes by its own file name.
    """
    names: dict[Path, dict[Path, str]] = {}
    for folder in dict.fromkeys(_pack_folder(file) for file in files):
        names[folder] = _names_in(folder)
    return [names[_pack_folder(file)].get(file, file.name) for file in files]


def _pack_folder(file: Path) -> Path:
    return file.parent.parent


def _names_in(folder: Path) -> dict[Path, str]:
    if not (folder / PROVENANCE_NAME).is_file():
        return {}
    try:
        pairs = read_provenance(folder).pairs
    except InputError:
        return {}  # somebody else's file of that name
    origins = [origin for pair in pairs for origin in (pair.fg, pair.bg)]
    return {folder / origin.file: origin.source for origin in origins}
