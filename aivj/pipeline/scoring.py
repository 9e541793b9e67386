"""Scoring: a checkpoint and a pack become the pack's quality file."""

from pathlib import Path

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.contracts.pairs_quality import (
    MIN_QUALITY_STD,
    PAIRS_QUALITY_NAME,
    PairsQuality,
    write_pairs_quality,
)
from aivj.coupling.checkpoint import read_checkpoint
from aivj.coupling.device import choose_device
from aivj.coupling.score import score_pack


def score(
    checkpoint_path: Path,
    *,
    pack: str,
    packs_root: Path,
    min_quality_std: float = MIN_QUALITY_STD,
    calibrate_std: float | None = None,
    run_id: str | None = None,
) -> tuple[PairsQuality, Path]:
    """Scores a pack and writes `pairs-quality.v0.json` beside its manifest.

    Returns:
        The scores and the path of the file.

    Raises:
        InputError: The checkpoint or the manifest cannot be used.
        GateError: The scores are too much alike; the file is as it was before.
    """
    folder = packs_root / "presets" / pack
    manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=pack)
    quality = score_pack(
        read_checkpoint(checkpoint_path),
        manifest,
        packs_root,
        device=choose_device(allow_cpu=True).device,
        min_quality_std=min_quality_std,
        calibrate_std=calibrate_std,
        run_id=run_id,
    )
    path = folder / PAIRS_QUALITY_NAME
    write_pairs_quality(path, quality)
    return quality, path
