"""A coupled pack chosen among all pairs of a set of presets that were drawn once."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from aivj.contracts.pairs_manifest import require_pack_name
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint
from aivj.coupling.device import choose_device
from aivj.coupling.eval_target import eval_targets01
from aivj.coupling.score import measured_inputs, predict, read_described
from aivj.coupling.taken_pairs import TakenPairs
from aivj.curation.best_pairs import BestPairs, Quality, best_pairs
from aivj.curation.candidates import Floats, Places
from aivj.curation.layer_pool import Progress, unheard
from aivj.curation.random_pairing import random_pairs
from aivj.errors import InputError
from aivj.packs.drawing import Accept, DrawnPreset, name_pairs
from aivj.packs.feature_store import FeatureStore
from aivj.packs.pairing import MEGABYTE, DrawnPack, lay_out_pack, refuse_other_draw
from aivj.packs.provenance import passed_over_list, trace
from aivj.pipeline.paired_layers import PairedLayers, TakePresets, presets_of, read_layers
from aivj.pipeline.pairs_request import PairsRequest


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


def choose_pack(
    request: PairsRequest,
    take_presets: TakePresets,
    music: bytes,
    *,
    accept: Accept | None = None,
    on_progress: Progress = unheard,
) -> ChosenPack:
    """Chooses pairs of the presets and lays them out as a pack.

    The same presets, takes and request give the same pack, byte for byte but for the time in its
    manifest; if it is there already, it is left alone.

    Args:
        request: Which presets, and how pairs are chosen.
        take_presets: Draws presets.
        music: What they are drawn to, as the page is given it.
        accept: Says of each preset whether it is one of the set; None takes all.
        on_progress: Told how many of how many pairs are measured.

    Raises:
        InputError: The request names no presets, fewer than two can be drawn, no pair may be
            shown, the pack would be too large, another pack of that name is there, or the net that
            is to be asked is missing or of other features.
        StorageError: The disk did not take the pack.
    """
    folder = request.packs_root / "presets" / require_pack_name(request.name)
    net = _net(request)
    parameters = request.parameters | ({} if net is None else {"net": net.digest})
    if not request.replace:
        refuse_other_draw(folder, seed=request.seed, source=request.source, parameters=parameters)
    draw = presets_of(request, accept)
    layers = read_layers(
        draw,
        take_presets,
        music,
        max_presets=request.max_presets,
        skip_degraded=request.degraded == "skip",
    )
    best = best_pairs(
        layers.pool,
        request.choosing,
        target=eval_targets01,
        quality=_quality(request, net, layers),
        seed=request.seed,
        num_measured=request.num_measured,
        on_progress=on_progress,
    )
    _require_some(best)
    pairs = name_pairs(
        "p",
        0,
        [
            (layers.presets[fg], layers.presets[bg])
            for fg, bg in _pairs_of(request, best, len(layers.presets))
        ],
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
            parameters=parameters,
            source=request.source,
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


def _net(request: PairsRequest) -> Checkpoint | None:
    """Returns the net that is asked for scores, if one is.

    Raises:
        InputError: There is none, or it cannot be used.
    """
    if request.quality == "target":
        return None
    if request.checkpoint_path is None:
        raise InputError(
            "a net to ask for scores", "none", "name it with --checkpoint, or train one"
        )
    return read_checkpoint(request.checkpoint_path)


def _quality(request: PairsRequest, checkpoint: Checkpoint | None, layers: PairedLayers) -> Quality:
    """Returns what pairs are chosen by.

    Raises:
        InputError: The net knows other features.
    """
    if checkpoint is None:
        return lambda _, target01: target01
    files = [preset.source.path for preset in layers.presets]
    rows = read_described(checkpoint, FeatureStore(request.feature_store), files)
    taken = TakenPairs([layers.takes])
    row_of = np.array([rows.row_of[file] for file in files], np.int64)
    device = choose_device(allow_cpu=True).device

    def quality01(pairs: Places, target01: Floats) -> Floats:
        fg, bg = row_of[pairs[:, 0]], row_of[pairs[:, 1]]
        told = measured_inputs(checkpoint, rows, fg, bg, taken)
        scores = predict(checkpoint, rows, fg, bg, device, told)
        if request.quality == "score":
            return scores
        return np.asarray((scores + target01) / 2)

    return quality01


def _pairs_of(request: PairsRequest, best: BestPairs, num_presets: int) -> list[tuple[int, int]]:
    """Returns the chosen pairs, then those at random; no two presets meet twice."""
    pairs = {frozenset(pair): pair for pair in map(tuple, best.chosen.pairs.tolist())}
    num = len(pairs) + request.num - request.choosing.num
    # Those that the page shows, and others in place of what was chosen already.
    for pair in map(tuple, random_pairs(num_presets, 2 * request.num, request.seed).tolist()):
        if len(pairs) < num:
            pairs.setdefault(frozenset(pair), pair)
    return list(pairs.values())


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
    wanted = request.choosing.num
    if num == wanted:
        return []
    why = "their presets are used up" if num < num_sound else "that is all"
    is_rest_unknown = best.num_measured < num_presets * (num_presets - 1)
    more = "; --measured looks at more" if is_rest_unknown else ""
    return [f"{num} pairs instead of {wanted}: of {num_sound} that may be shown {why}{more}"]
