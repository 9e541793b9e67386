"""Scores every pair of a pack and lets nothing pass that carries no signal.

A net that was told what pairs look like wants to know it of the pairs that it scores: so the
presets of a pack have to be drawn before. Of a pair with a preset that cannot be drawn, or that a
run left out, nothing is known but its texts: it is scored as a pair of mean figures, and counted.
Where nobody tried to draw more than a few, the pack is refused.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from aivj.contracts.json_text import iso_utc
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.pairs_quality import (
    MIN_QUALITY_STD,
    Calibration,
    PairsQuality,
    Provenance,
    QualityPair,
    QualityStats,
    ScoringStats,
    quality_stats,
)
from aivj.contracts.scored_pack import presets_digest
from aivj.coupling.calibration import Scores, Stretch, std_stretch
from aivj.coupling.checkpoint import Checkpoint
from aivj.coupling.metrics import spearman
from aivj.coupling.net import NetScorer
from aivj.coupling.pack_rows import PackRows, pack_files, pack_rows
from aivj.coupling.pair_inputs import PAIR_SPEC, TARGET01, PairInputs
from aivj.coupling.preset_rows import PresetRows, read_presets
from aivj.coupling.taken_pairs import TakenPairs
from aivj.coupling.training_set import IntArray
from aivj.errors import GateError, InputError
from aivj.packs.extra_features import ExtraFeatures
from aivj.packs.feature_store import FeatureStore

MAX_UNTRIED_SHARE = 0.05
"""Pairs whose presets nobody tried to draw: a run that covers 99 % of a pack leaves out some."""


def score_pack(
    checkpoint: Checkpoint,
    manifest: PairsManifest,
    packs_root: Path,
    *,
    store: FeatureStore,
    device: torch.device,
    extra: ExtraFeatures | None = None,
    taken: TakenPairs | None = None,
    min_quality_std: float = MIN_QUALITY_STD,
    calibrate_std: float | None = None,
    run_id: str | None = None,
    manifest_digest: str | None = None,
) -> PairsQuality:
    """Scores every pair whose presets can be read.

    Args:
        checkpoint: The net.
        manifest: The pack's pairs.
        packs_root: Folder that `/presets/<pack>/...` lies under.
        store: Where features of presets are looked up and kept.
        device: Where the net runs.
        extra: Features beside those of the text, if the net was fitted with them.
        taken: Takes of the presets, if the net is told what pairs look like.
        min_quality_std: Least standard deviation of the final scores.
        calibrate_std: Deviation to stretch bunched scores to; order never changes.
        run_id: Training run to name in the provenance; None names the one that the checkpoint
            says it comes from.
        manifest_digest: SHA-256 of the manifest's file, for the provenance.

    Raises:
        InputError: Not one pair's presets can be read, the net was fitted to other features than
            these, or presets have no takes.
        StorageError: Takes cannot be read.
        GateError: The scores are too much alike to tell pairs apart. Nothing has been written.
    """
    presets = read_described(checkpoint, store, pack_files(manifest, packs_root), extra=extra)
    pack = pack_rows(manifest, packs_root, presets)
    whole = pack.whole
    if not whole.any():
        raise InputError(
            f"the presets of pack {manifest.pack} below {packs_root}",
            f"none of {len(manifest.pairs)} pairs with both files",
            "pass the folder that contains presets/<pack>, or build the pack again",
        )
    fg, bg = pack.fg_index[whole], pack.bg_index[whole]
    told = measured_inputs(checkpoint, presets, fg, bg, taken)
    raw = predict(checkpoint, presets, fg, bg, device, told)
    stretch = std_stretch(raw, calibrate_std) if calibrate_std is not None else None
    final = stretch.apply(raw) if stretch is not None else raw
    stats = quality_stats(final.tolist(), calibration=_calibration(stretch, raw))
    _require_spread(stats, raw, min_quality_std, manifest.pack)
    return PairsQuality(
        generated_at=iso_utc(datetime.now(UTC)),
        pack=manifest.pack,
        quality_stats=stats,
        stats=ScoringStats(
            total_pairs=len(whole) + len(manifest.faults),
            scored_pairs=len(final),
            missing_files=len(whole) - len(final),
            unusable_entries=len(manifest.faults) or None,
            unmeasured_pairs=int((~told.knows(fg, bg)).sum()) if told.width else None,
            target_spearman=_kept_target(final, told, fg, bg),
        ),
        provenance=Provenance(
            run_id=run_id or checkpoint.run_id,
            dataset_digest=checkpoint.card.dataset_digest,
            checkpoint_digest=checkpoint.digest,
            manifest_digest=manifest_digest,
            presets_digest=presets_digest(manifest, packs_root),
            feature_spec=checkpoint.card.feature_spec,
            renderer_class=checkpoint.card.renderer_class,
            held_out_pairs=_held_out_pairs(checkpoint, presets, pack),
            judgement=checkpoint.card.judgement,
        ),
        pairs=[
            QualityPair(pair=pair, quality01=quality01)
            for pair, quality01 in zip(pack.pair_ids[whole].tolist(), final.tolist(), strict=True)
        ],
    )


def read_described(
    checkpoint: Checkpoint,
    store: FeatureStore,
    files: Iterable[Path],
    *,
    extra: ExtraFeatures | None = None,
) -> PresetRows:
    """Reads presets and describes them as a net was told of those that it was fitted to.

    Args:
        checkpoint: The net.
        store: Where features of texts are looked up and kept.
        files: The presets.
        extra: Features beside those of the text, if the net was fitted with them.

    Raises:
        InputError: The features are of another version, or come with another table.
    """
    space = checkpoint.term_space
    presets = read_presets(
        store, files, extra=extra, space_of=None if space is None else lambda _: space
    )
    wanted, spec = checkpoint.card.preset_spec, presets.table.spec
    if spec != wanted:
        raise InputError(
            f"presets described by the features {wanted}, which the net was fitted to",
            spec,
            "pass the same --preset-features as to `aivj train` (none if it had none), or train "
            "again with this version",
        )
    return presets


def measured_inputs(
    checkpoint: Checkpoint,
    presets: PresetRows,
    fg_index: IntArray,
    bg_index: IntArray,
    taken: TakenPairs | None,
) -> PairInputs:
    """Measures pairs for a net that is told what they look like; returns nothing for another.

    Args:
        checkpoint: The net.
        presets: The presets that pairs are made of.
        fg_index: Row of each foreground among them, [n].
        bg_index: The same for backgrounds.
        taken: Their takes; None if there are none.

    Raises:
        InputError: The net is told of figures of another version, or nobody tried to draw the
            presets of more than a few pairs.
        StorageError: Takes cannot be read.
    """
    spec = checkpoint.card.pair_spec
    if spec is None:
        return PairInputs.none()
    if spec != PAIR_SPEC:
        raise InputError(
            f"a net that is told of the figures {PAIR_SPEC}", spec, "train again with this version"
        )
    names = presets.table.hashes
    rows = zip(fg_index.tolist(), bg_index.tolist(), strict=True)
    pairs = [(names[fg], names[bg]) for fg, bg in rows]
    contents = {content for pair in pairs for content in pair}
    untried = contents if taken is None else set(taken.untried(sorted(contents)))
    num_untried = sum(not untried.isdisjoint(pair) for pair in pairs)
    if taken is None or num_untried > MAX_UNTRIED_SHARE * len(pairs):
        raise InputError(
            "takes of the presets of these pairs, since the net is told what pairs look like",
            f"none of {len(untried)} of {len(contents)} presets, in {num_untried} of {len(pairs)} "
            "pairs",
            "draw them first (`aivj sample`, or `aivj takes draw --presets FOLDER` with the pack's "
            "folder), say with --takes where they are, or train with `--figures none`",
        )
    values = taken.inputs(pairs, checkpoint.card.config.eval_target)
    return PairInputs.of_pairs(fg_index, bg_index, values)


def predict(
    checkpoint: Checkpoint,
    presets: PresetRows,
    fg_index: IntArray,
    bg_index: IntArray,
    device: torch.device,
    told: PairInputs,
) -> Scores:
    """Returns what the net says of pairs, 0 to 1, shape [n].

    Args:
        checkpoint: The net; its features are those of `presets`, see `read_described`.
        presets: Features of the layers.
        fg_index: Row of each foreground among them, shape [n].
        bg_index: The same for backgrounds.
        device: Where the net runs.
        told: What was measured of the pairs; nothing for nets that read texts alone.
    """
    net = checkpoint.net.to(device)
    features = torch.from_numpy(presets.table.values).to(device)
    return NetScorer(net, net.normalise(features), told)(fg_index, bg_index)


def _kept_target(
    scores: Scores, told: PairInputs, fg_index: IntArray, bg_index: IntArray
) -> float | None:
    known = told.knows(fg_index, bg_index)
    if not known.any():
        return None
    target = told.of(fg_index[known], bg_index[known])[:, TARGET01]
    return spearman(scores[known], target)


def _held_out_pairs(checkpoint: Checkpoint, presets: PresetRows, pack: PackRows) -> list[int]:
    """Returns the ids of the pairs that the net was kept from: what its scores can be judged by."""
    held_out = set(checkpoint.card.held_out_presets)
    is_out = np.array([name in held_out for name in presets.table.hashes], dtype=np.bool_)
    both = is_out[pack.fg_index] & is_out[pack.bg_index] & pack.whole
    ids: list[int] = pack.pair_ids[both].tolist()
    return ids


def _calibration(stretch: Stretch | None, raw: Scores) -> Calibration:
    if stretch is None:
        return Calibration(applied=False)
    return Calibration(applied=stretch.scale != 1, scale=stretch.scale, std_before=float(raw.std()))


def _require_spread(stats: QualityStats, raw: Scores, min_quality_std: float, pack: str) -> None:
    if stats.std >= min_quality_std:
        return
    raise GateError(
        f"scores of pack {pack} with a standard deviation of at least {min_quality_std}",
        f"{stats.std:.4f} ({raw.std():.4f} before calibration) over {len(raw)} pairs",
        "the net tells these pairs hardly apart: measure more pairs, then raise neg_weight or "
        "extra_eval_weight, then train longer; as a last resort stretch the scores",
    )
