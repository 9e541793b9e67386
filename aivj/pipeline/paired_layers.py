"""The presets that pairs are chosen of: found, drawn where no take exists, and read."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aivj.coupling.pack_rows import pack_files
from aivj.curation.layer_pool import LayerPool
from aivj.errors import InputError
from aivj.packs.drawing import Accept, DrawnPreset, Rejection, SeededDraw
from aivj.packs.provenance import original_names
from aivj.packs.scan import PresetFile, scan_presets
from aivj.pipeline.labels import read_pack
from aivj.pipeline.pairs_request import PairsRequest
from aivj.takes.reactivity import Heard
from aivj.takes.store import TakeStore
from aivj.takes.table import LayerTable
from aivj.takes.take import Drawn, Take, TakeFailure

TakePresets = Callable[[Sequence[DrawnPreset]], TakeStore]
"""Draws those presets that no take exists of, and returns where the takes of all are."""

_FEWEST = 2


@dataclass(frozen=True)
class PairedLayers:
    """Presets that were drawn, and what of them is composed.

    Attributes:
        presets: In the order of their contents, by which pairs number them.
        pictures: A WebP picture of each, of the middle measured frame.
        pool: Their layers.
        takes: Where these were read.
    """

    presets: tuple[DrawnPreset, ...]
    pictures: tuple[bytes, ...]
    pool: LayerPool
    takes: TakeStore


def presets_of(request: PairsRequest, accept: Accept | None = None) -> SeededDraw:
    """Returns what yields the presets, each content once, those that are accepted.

    Raises:
        InputError: None or both of folder and pack are named, or the one named cannot be read.
    """
    passed_over: Counter[str] = Counter()
    if (request.presets is None) == (request.from_pack is None):
        raise InputError(
            "--presets DIR or --pack PACK",
            "neither" if request.presets is None else "both",
            "name the folder that holds the presets, or a pack whose presets are paired anew",
        )
    if request.presets is not None:
        library = scan_presets(request.presets, passed_over=passed_over)
    else:
        library = _presets_of_pack(request.packs_root, str(request.from_pack))
    return SeededDraw(
        library, purpose="pairs", seed=request.seed, accept=accept, passed_over=passed_over
    )


def _presets_of_pack(packs_root: Path, pack: str) -> list[PresetFile]:
    files = list(dict.fromkeys(pack_files(read_pack(packs_root, pack), packs_root)))
    return [PresetFile(*each) for each in zip(original_names(files), files, strict=True)]


def read_layers(
    draw: SeededDraw,
    take_presets: TakePresets,
    music: bytes,
    *,
    max_presets: int | None,
    skip_degraded: bool,
) -> PairedLayers:
    """Reads the takes of presets, the first of a draw; notes in it those that cannot be used.

    Raises:
        InputError: Fewer than two presets can be used.
    """
    # By content: the order in which files were found decides nothing.
    presets = sorted(islice(draw, max_presets), key=lambda preset: preset.content_hash)
    if len(presets) < _FEWEST:
        raise _too_few(draw, len(presets))
    takes = take_presets(presets)
    kept: list[DrawnPreset] = []
    outcomes: list[Drawn] = []
    for preset, take in _taken(presets, takes):
        outcome = _usable(take, skip_degraded=skip_degraded)
        if isinstance(outcome, Rejection):
            draw.pass_over(preset.source, outcome)
        else:
            kept.append(preset)
            outcomes.append(outcome)
    if len(kept) < _FEWEST:
        raise _too_few(draw, len(kept))
    settings = takes.conditions.settings
    table = LayerTable.of((outcome.cells for outcome in outcomes), len(outcomes), settings)
    pool = LayerPool(table, Heard.of(music, settings), num_threads=os.cpu_count() or 1)
    pictures = tuple(outcome.pictures[1] for outcome in outcomes)
    return PairedLayers(tuple(kept), pictures, pool, takes)


def _taken(
    presets: Sequence[DrawnPreset], takes: TakeStore
) -> Iterator[tuple[DrawnPreset, Take | None]]:
    """Yields presets with their takes; those without one first."""
    drawn = [preset for preset in presets if preset.content_hash in takes]
    yield from ((preset, None) for preset in presets if preset.content_hash not in takes)
    yield from zip(drawn, takes.read([each.content_hash for each in drawn]), strict=True)


def _usable(take: Take | None, *, skip_degraded: bool) -> Drawn | Rejection:
    """Returns what a preset looks like, or why it is not used."""
    if take is None:
        return Rejection("not drawn")
    if isinstance(take.outcome, TakeFailure):
        return Rejection(take.outcome.kind, take.outcome.found)
    if skip_degraded and take.outcome.degraded:
        return Rejection("a part cannot be drawn", "; ".join(take.outcome.degraded))
    return take.outcome


def _too_few(draw: SeededDraw, num: int) -> InputError:
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(draw.skipped.items()))
    return InputError(
        f"at least {_FEWEST} different presets that can be drawn",
        f"{num} of {len(draw.presets)} files; passed over: {why or 'none'}",
        "name a larger folder of presets",
    )
