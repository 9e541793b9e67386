"""The family of each preset that a training set is about."""

from collections.abc import Sequence
from pathlib import Path

from aivj.coupling.training_set import IntArray
from aivj.packs.families import NamedPreset, family_of
from aivj.packs.original_names import original_names
from aivj.presets.milk import parse_milk


def preset_families(files: Sequence[Path]) -> IntArray:
    """Returns a family's number for each preset file; see `aivj.packs.families`."""
    named = zip(original_names(files), files, strict=True)
    return family_of(NamedPreset(name, parse_milk(file.read_bytes())) for name, file in named)
