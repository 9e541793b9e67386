"""An elite list in its folder: scored pairs, their copies, and where those came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import (
    ELITE_MANIFEST_NAME,
    EliteEntry,
    write_elite_manifest,
)
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.errors import InputError
from aivj.packs.drawing import DrawnPair, DrawnPreset, name_pairs, read_preset
from aivj.packs.placement import drawn_files, replaced_folder
from aivj.packs.provenance import Provenance, pair_origins
from aivj.packs.scan import PresetFile

_NUM_SHOWN = 3


@dataclass(frozen=True)
class ScoredPair:
    """Two presets that somebody scored together.

    Attributes:
        fg: Foreground.
        bg: Background.
        score: 0 to 5; 4 and more is a positive example, 2 and less a negative one.
    """

    fg: PresetFile
    bg: PresetFile
    score: float


def place_elite(pairs: Sequence[ScoredPair], *, source: str, folder: Path) -> list[EliteEntry]:
    """Copies scored pairs to `folder`, the best first; an earlier list there is replaced whole.

    Args:
        pairs: At least one pair. Of equal scores, the earlier one ranks first.
        source: Name of what the scores come from, for the provenance.
        folder: Gets `fg/`, `bg/`, the provenance and, last, the elite manifest.

    Returns:
        The list: rank from 1, and the copies.

    Raises:
        InputError: A preset cannot be used, or `folder` holds something else. Nothing is written.
        StorageError: The disk did not take it; what was there before is whole.
    """
    ordered = sorted(pairs, key=lambda pair: pair.score, reverse=True)
    scores = [pair.score for pair in ordered]
    presets = _read({file for pair in ordered for file in (pair.fg, pair.bg)})
    drawn = name_pairs("e", 1, [(presets[pair.fg], presets[pair.bg]) for pair in ordered])
    provenance = Provenance(
        kind="elite-list",
        seed=None,
        parameters={},
        source_folder=source,
        num_presets=len(presets),
        skipped={},
        pairs=pair_origins(drawn),
    )
    return write_elite(drawn, scores, provenance, folder)


def write_elite(
    pairs: Sequence[DrawnPair], scores: Sequence[float], provenance: Provenance, folder: Path
) -> list[EliteEntry]:
    """Puts pairs, numbered by rank, with their scores in place of what is at `folder`.

    Raises:
        InputError: `folder` holds something else.
        StorageError: The disk did not take it; what was there before is whole.
    """
    if (folder / PAIRS_MANIFEST_NAME).exists():
        raise InputError(
            f"no folder at {folder}, or an elite list's", "a pack", "name another folder"
        )
    with replaced_folder(folder, drawn_files(pairs, provenance)) as fresh:
        write_elite_manifest(fresh / ELITE_MANIFEST_NAME, _entries(pairs, scores, fresh))
    return _entries(pairs, scores, folder)


def _entries(pairs: Sequence[DrawnPair], scores: Sequence[float], folder: Path) -> list[EliteEntry]:
    return [
        EliteEntry(pair.number, score, fg=folder / pair.fg_file, bg=folder / pair.bg_file)
        for pair, score in zip(pairs, scores, strict=True)
    ]


def _read(files: Iterable[PresetFile]) -> dict[PresetFile, DrawnPreset]:
    """Reads each file once.

    Raises:
        InputError: Some cannot be used; says how many, which and why.
    """
    read = {file: read_preset(file) for file in sorted(files)}
    presets = {file: preset for file, preset in read.items() if isinstance(preset, DrawnPreset)}
    unusable = [f"{file.path}: {why}" for file, why in read.items() if isinstance(why, str)]
    if unusable:
        more = len(unusable) - _NUM_SHOWN
        raise InputError(
            "presets that can be read",
            "; ".join(unusable[:_NUM_SHOWN]) + (f"; and {more} more" if more > 0 else ""),
            "put them back, or leave their pairs out of the list",
        )
    return presets
