"""Scores every pair of a pack and lets nothing pass that carries no signal."""

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
from aivj.coupling.calibration import Scores, Stretch, std_stretch
from aivj.coupling.checkpoint import Checkpoint
from aivj.coupling.net import predict01
from aivj.coupling.pack_rows import PackRows, resolve_pack
from aivj.coupling.preset_table import PresetTable
from aivj.coupling.training_set import FloatArray
from aivj.errors import GateError, InputError


def score_pack(
    checkpoint: Checkpoint,
    manifest: PairsManifest,
    packs_root: Path,
    *,
    device: torch.device,
    min_quality_std: float = MIN_QUALITY_STD,
    calibrate_std: float | None = None,
    run_id: str | None = None,
) -> PairsQuality:
    """Scores every pair whose presets can be read.

    Args:
        checkpoint: The net.
        manifest: The pack's pairs.
        packs_root: Folder that `/presets/<pack>/...` lies under.
        device: Where the net runs.
        min_quality_std: Least standard deviation of the final scores.
        calibrate_std: Deviation to stretch bunched scores to; order never changes.
        run_id: Training run to name in the provenance.

    Raises:
        InputError: Not one pair's presets can be read, or a URL leaves `packs_root`.
        GateError: The scores are too much alike to tell pairs apart. Nothing has been written.
    """
    table = PresetTable()
    pack = resolve_pack(manifest, packs_root, table)
    whole = pack.whole
    if not whole.any():
        raise InputError(
            f"the presets of pack {manifest.pack} below {packs_root}",
            f"none of {len(manifest.pairs)} pairs with both files",
            "pass the folder that contains presets/<pack>, or build the pack again",
        )
    raw = _predict(checkpoint, table.features, pack, device)
    stretch = std_stretch(raw, calibrate_std) if calibrate_std is not None else None
    final = stretch.apply(raw) if stretch is not None else raw
    stats = quality_stats(final.tolist(), calibration=_calibration(stretch, raw))
    _require_spread(stats, raw, min_quality_std, manifest.pack)
    return PairsQuality(
        generated_at=iso_utc(datetime.now(UTC)),
        pack=manifest.pack,
        quality_stats=stats,
        stats=ScoringStats(
            total_pairs=len(whole),
            scored_pairs=len(final),
            missing_files=len(whole) - len(final),
        ),
        provenance=Provenance(
            run_id=run_id,
            dataset_digest=checkpoint.card.dataset_digest,
            checkpoint_digest=checkpoint.digest,
            feature_spec=checkpoint.card.feature_spec,
            renderer_class=checkpoint.card.renderer_class,
        ),
        pairs=[
            QualityPair(pair=pair, quality01=quality01)
            for pair, quality01 in zip(pack.pair_ids[whole].tolist(), final.tolist(), strict=True)
        ],
    )


def _predict(
    checkpoint: Checkpoint, features: FloatArray, pack: PackRows, device: torch.device
) -> Scores:
    net = checkpoint.net.to(device)
    scores = predict01(
        net,
        net.normalise(torch.from_numpy(features).to(device)),
        torch.from_numpy(pack.fg_index[pack.whole]).to(device),
        torch.from_numpy(pack.bg_index[pack.whole]).to(device),
    )
    return scores.cpu().numpy().astype(np.float64)


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
