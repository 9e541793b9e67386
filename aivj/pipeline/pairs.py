"""A coupled pack chosen among all pairs of a set of presets that were drawn once."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aivj.contracts.pairs_manifest import require_pack_name
from aivj.coupling.checkpoint import read_checkpoint
from aivj.coupling.device import choose_device
from aivj.coupling.eval_target import eval_targets01
from aivj.coupling.pack_rows import pack_files
from aivj.coupling.preset_rows import read_presets
from aivj.coupling.score import predict, require_features
from aivj.curation.best_pairs import BestPairs, Quality, best_pairs
from aivj.curation.candidates import Floats, Places
from aivj.curation.layer_pool import LayerPool, Progress, unheard
from aivj.errors import InputError
from aivj.packs.drawing import DrawnPreset, Rejection, SeededDraw, name_pairs
from aivj.packs.feature_store import FeatureStore
from aivj.packs.pairing import MEGABYTE, DrawnPack, lay_out_pack
from aivj.packs.provenance import original_names, passed_over_list, trace
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
class ChosenPack:
    """A pack that was chosen.

    Attributes:
        drawn: The pack in its place.
        best: What was chosen, what of, and beside what.
        presets: The presets of the layers that `best` numbers.
        pictures: A WebP picture of each.
        notes: What a person should be told.
    """

    drawn: DrawnPack
    best: BestPairs
    presets: tuple[DrawnPreset, ...]
    pictures: tuple[bytes, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Layers:
    """Presets that were drawn, and what of them is composed."""

    presets: tuple[DrawnPreset, ...]
    pictures: tuple[bytes, ...]
    pool: LayerPool


def choose_pack(
    request: PairsRequest,
    take_presets: TakePresets,
    music: bytes,
    *,
    on_progress: Progress = unheard,
) -> ChosenPack:
    """Chooses pairs of the presets and lays them out as a pack.

    The same presets, takes and request give the same pack, byte for byte but for the time in its
    manifest; if it is there already, it is left alone.

    Args:
        request: Which presets, and how pairs are chosen.
        take_presets: Draws presets.
        music: What they are drawn to, as the page is given it.
        on_progress: Told how many of how many pairs are measured.

    Raises:
        InputError: The request names no presets, fewer than two can be drawn, no pair may be
            shown, the pack would be too large, or another pack of that name is there.
        StorageError: The disk did not take the pack.
    """
    require_pack_name(request.name)
    draw = _draw(request)
    layers = _layers(draw, take_presets, music, skip_degraded=request.degraded == "skip")
    best = best_pairs(
        layers.pool,
        request.choosing,
        target=eval_targets01,
        quality=_quality(request, layers.presets),
        seed=request.seed,
        num_measured=request.num_measured,
        on_progress=on_progress,
    )
    _require_some(best)
    pairs = name_pairs(
        "p",
        0,
        [(layers.presets[fg], layers.presets[bg]) for fg, bg in best.chosen.pairs.tolist()],
    )
    num_bytes = sum(len(pair.fg.data) + len(pair.bg.data) for pair in pairs)
    if num_bytes > request.max_mb * MEGABYTE:
        raise InputError(
            f"at most {request.max_mb} MB of presets to copy",
            f"{num_bytes / MEGABYTE:.1f} MB in {len(pairs)} pairs",
            "ask for fewer pairs with --num, or allow more with --max-mb",
        )
    drawn = lay_out_pack(
        pairs,
        trace(
            draw,
            pairs,
            kind="chosen-pairs",
            parameters=request.parameters,
            source=_source(request),
        ),
        passed_over_list(draw),
        pack=request.name,
        packs_root=request.packs_root,
        generated_at=datetime.now(UTC),
        replace=request.replace,
    )
    return ChosenPack(
        drawn,
        best,
        layers.presets,
        layers.pictures,
        tuple(_notes(request, best, len(layers.presets))),
    )


def _draw(request: PairsRequest) -> SeededDraw:
    """Returns what yields the presets, each content once."""
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
    return SeededDraw(library, purpose="pairs", seed=request.seed, passed_over=passed_over)


def _presets_of_pack(packs_root: Path, pack: str) -> list[PresetFile]:
    files = list(dict.fromkeys(pack_files(read_pack(packs_root, pack), packs_root)))
    return [PresetFile(*each) for each in zip(original_names(files), files, strict=True)]


def _source(request: PairsRequest) -> str:
    if request.presets is not None:
        return request.presets.resolve().name
    return str(request.from_pack)


def _layers(
    draw: SeededDraw, take_presets: TakePresets, music: bytes, *, skip_degraded: bool
) -> _Layers:
    """Reads the takes of presets; notes in `draw` those that cannot be used.

    Raises:
        InputError: Fewer than two presets can be used.
    """
    # By content: the order in which files were found decides nothing.
    presets = sorted(draw, key=lambda preset: preset.content_hash)
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
    return _Layers(tuple(kept), tuple(outcome.pictures[1] for outcome in outcomes), pool)


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


def _quality(request: PairsRequest, presets: Sequence[DrawnPreset]) -> Quality:
    """Returns what pairs are chosen by.

    Raises:
        InputError: A net is to be asked, and there is none, or one of other features.
    """
    if request.quality == "target":
        return lambda _, target01: target01
    if request.checkpoint_path is None:
        raise InputError(
            "a net to ask for scores", "none", "name it with --checkpoint, or train one"
        )
    checkpoint = read_checkpoint(request.checkpoint_path)
    files = [preset.source.path for preset in presets]
    rows = read_presets(FeatureStore(request.feature_store), files)
    require_features(checkpoint, rows.table.spec)
    row_of = np.array([rows.row_of[file] for file in files], np.int64)
    device = choose_device(allow_cpu=True).device

    def quality01(pairs: Places, target01: Floats) -> Floats:
        scores = predict(checkpoint, rows, row_of[pairs[:, 0]], row_of[pairs[:, 1]], device)
        if request.quality == "score":
            return scores
        return np.asarray((scores + target01) / 2)

    return quality01


def _require_some(best: BestPairs) -> None:
    if len(best.chosen.pairs):
        return
    refused = (f"{num} with {rule}" for rule, num in best.sifted.num_refused.items() if num)
    raise InputError(
        "a pair of these presets that may be shown",
        f"none of {best.num_measured}: {', '.join(refused)}",
        "add presets; what is refused stands in docs/pairs.md",
    )


def _notes(request: PairsRequest, best: BestPairs, num_presets: int) -> list[str]:
    num, num_sound = len(best.chosen.pairs), int(best.sifted.is_sound.sum())
    if num == request.num:
        return []
    why = "their presets are used up" if num < num_sound else "that is all"
    is_rest_unknown = best.num_measured < num_presets * (num_presets - 1)
    more = "; --measured looks at more" if is_rest_unknown else ""
    return [f"{num} pairs instead of {request.num}: of {num_sound} that may be shown {why}{more}"]
