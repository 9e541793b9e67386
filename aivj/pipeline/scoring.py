"""Scoring: a checkpoint and packs become the packs' quality files."""

from collections.abc import Callable
from pathlib import Path

from aivj.contracts.json_text import read_bytes
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, PairsQuality, write_pairs_quality
from aivj.coupling.checkpoint import read_checkpoint
from aivj.coupling.device import choose_device
from aivj.coupling.score import score_pack
from aivj.packs.feature_store import FeatureStore
from aivj.pipeline.labels import find_taken, read_extra, read_pack
from aivj.pipeline.requests import ScoreRequest
from aivj.storage import sha256_hex


def score(
    request: ScoreRequest, on_note: Callable[[str], None] = lambda _: None
) -> list[tuple[PairsQuality, Path]]:
    """Scores packs and writes `pairs-quality.v0.json` beside their manifests.

    All packs are scored before the first file is written.

    Args:
        request: What to score.
        on_note: Told which pairs of a pack are left out since their entries cannot be used, and
            which are scored by less than others.

    Returns:
        The scores and the path of the file, pack by pack.

    Raises:
        InputError: The checkpoint, a manifest or a table of features cannot be used, or the net is
            told what pairs look like and presets have no takes.
        GateError: The scores of a pack are too much alike; every file is as it was before.
    """
    manifests = [read_pack(request.packs_root, pack) for pack in request.packs]
    for manifest in manifests:
        if manifest.left_out:
            on_note(manifest.left_out)
    checkpoint = read_checkpoint(request.checkpoint_path)
    store = FeatureStore(request.feature_store)
    extra = read_extra(request.preset_features)
    taken = find_taken((request.takes_uri, digest) for digest in checkpoint.card.takes)
    device = choose_device(allow_cpu=True).device
    scored = [
        score_pack(
            checkpoint,
            manifest,
            request.packs_root,
            store=store,
            extra=extra,
            taken=taken,
            device=device,
            min_quality_std=request.min_quality_std,
            calibrate_std=request.calibrate_std,
            run_id=request.run_id,
            manifest_digest=sha256_hex(
                read_bytes(_folder(request, manifest.pack) / PAIRS_MANIFEST_NAME)
            ),
        )
        for manifest in manifests
    ]
    written = []
    for quality in scored:
        if quality.stats.unmeasured_pairs:
            on_note(
                f"{quality.pack}: {quality.stats.unmeasured_pairs} pairs scored by their texts "
                "alone, since a preset of theirs is not drawn, or cannot be"
            )
        path = _folder(request, quality.pack) / PAIRS_QUALITY_NAME
        write_pairs_quality(path, quality)
        written.append((quality, path))
    return written


def _folder(request: ScoreRequest, pack: str) -> Path:
    return request.packs_root / "presets" / pack
