"""`pairs-quality.v0.json`: a score for each pair, and how the runtime merges it."""

import math
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aivj.contracts.fields import Count, Number, Omittable, PairId, finite_number
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    iso_utc,
    read_object,
    shown,
    validated,
)
from aivj.contracts.judgement import NetJudgement
from aivj.contracts.pairs_manifest import PairsManifest, require_pack_name
from aivj.errors import InputError
from aivj.storage import write_atomic

MIN_QUALITY_STD = 0.03
"""Scores that spread less (population standard deviation) rank nothing and are not published."""

PAIRS_QUALITY_NAME = "pairs-quality.v0.json"
"""File name of the scores, beside the manifest."""


class QualityPair(ContractModel):
    """The score of one pair.

    Attributes:
        pair: The pair's id in the manifest.
        quality01: Quality, 0 to 1.
    """

    pair: PairId
    quality01: Number


class Calibration(ContractModel):
    """How the scores were spread after the model gave them.

    Attributes:
        method: Name and version of the method.
        applied: Whether it changed the scores.
        scale: Factor by which distances from the mean were stretched.
        std_before: Standard deviation before the stretch.
    """

    method: str = "std_stretch.v0"
    applied: bool = True
    scale: Omittable[Number] = None
    std_before: Omittable[Number] = None


class QualityStats(ContractModel):
    """Distribution of the final scores.

    Attributes:
        min: Lowest score.
        max: Highest score.
        mean: Arithmetic mean.
        std: Population standard deviation; publishing wants 0.03 or more.
        p50: Median, interpolated.
        p95: 95th percentile, interpolated.
        calibration: What was done to the scores before.
    """

    min: Number
    max: Number
    mean: Number
    std: Number
    p50: Number
    p95: Number
    calibration: Calibration = Calibration(applied=False)


class ScoringStats(ContractModel):
    """What was scored.

    Attributes:
        total_pairs: Pairs in the manifest.
        scored_pairs: Pairs with a score.
        missing_files: Pairs left out since a `.milk` file was missing.
        unusable_entries: Entries of the manifest that cannot be used, if there are any.
        unmeasured_pairs: Pairs of which a preset is not drawn, so that the net knew their texts
            alone; None if it never knows more.
        target_spearman: Rank correlation of the scores with what the pairs are worth as measured,
            -1 to 1: the rest is people's taste. None if the net is not told, or they do not vary.
    """

    total_pairs: Count
    scored_pairs: Count
    missing_files: Count = 0
    unusable_entries: Omittable[Count] = None
    unmeasured_pairs: Omittable[Count] = None
    target_spearman: Omittable[Number] = None


class Provenance(ContractModel):
    """Where the scores come from.

    Attributes:
        run_id: The training run's id in the tracking server.
        dataset_digest: SHA-256 of the training set.
        checkpoint_digest: SHA-256 of the model's file.
        manifest_digest: SHA-256 of the manifest that was scored.
        presets_digest: SHA-256 of its pairs' ids and presets.
        feature_spec: Version of the preset features.
        renderer_class: Class of the renderer whose measurements were learned from.
        held_out_pairs: Ids of the pairs whose presets the model was kept from.
        judgement: How the model did on families that it was kept from.
    """

    run_id: Omittable[str] = None
    dataset_digest: Omittable[str] = None
    checkpoint_digest: Omittable[str] = None
    manifest_digest: Omittable[str] = None
    presets_digest: Omittable[str] = None
    feature_spec: Omittable[str] = None
    renderer_class: Omittable[str] = None
    held_out_pairs: Omittable[list[PairId]] = None
    judgement: Omittable[NetJudgement] = None


class PairsQuality(ContractModel):
    """The scores of one pack.

    Attributes:
        version: Version of this form.
        generated_at: ISO-8601 time of writing.
        pack: Must equal the manifest's pack, or the runtime ignores the file in silence.
        quality_stats: Distribution of the scores.
        stats: What was scored.
        provenance: Where the scores come from.
        pairs: The scores.
    """

    version: str = "v0"
    generated_at: str
    pack: str
    quality_stats: QualityStats
    stats: ScoringStats
    provenance: Provenance = Provenance()
    pairs: list[QualityPair]


def quality_stats(
    scores: Sequence[float], *, calibration: Calibration | None = None
) -> QualityStats:
    """Returns the distribution of `scores`.

    Raises:
        InputError: There is no score.
    """
    if not scores:
        raise InputError("at least one score", "none", "score a pack whose presets exist")
    ordered = sorted(scores)
    # Rounding may put the mean of equal scores an ulp outside them.
    mean = min(max(statistics.fmean(ordered), ordered[0]), ordered[-1])
    return QualityStats(
        min=ordered[0],
        max=ordered[-1],
        mean=mean,
        std=statistics.pstdev(ordered),
        p50=_percentile(ordered, 0.50),
        p95=_percentile(ordered, 0.95),
        calibration=calibration or Calibration(applied=False),
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Interpolates linearly between the two neighbours of position `share * (n - 1)`."""
    position = share * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def read_pairs_quality(path: Path) -> PairsQuality:
    """Reads scores, asking no more of the file than the runtime does.

    Entries that the runtime would skip are skipped; statistics and time are completed from the
    scores and the file's own time when a foreign writer left them out.

    Raises:
        InputError: Missing, broken, without a pack or without a single usable score.
    """
    document = read_object(path)
    scores = {
        int(pair): score
        for pair, score in _finite_scores(document)
        if pair >= 0 and pair.is_integer()
    }
    if not scores:
        raise InputError(
            f"at least one finite score in {path}",
            shown(document.get("pairs")),
            "score the pack again: the runtime would merge nothing",
        )
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    stats = quality_stats(list(scores.values())).model_dump()
    counts = {"totalPairs": len(scores), "scoredPairs": len(scores)}
    completed = {
        "generatedAt": iso_utc(modified),
        **document,
        "qualityStats": {**stats, **_object(document.get("qualityStats"))},
        "stats": {**counts, **_object(document.get("stats"))},
        "pairs": [{"pair": pair, "quality01": score} for pair, score in scores.items()],
    }
    return validated(PairsQuality, completed, str(path))


def write_pairs_quality(path: Path, quality: PairsQuality) -> None:
    """Writes scores, whole or not at all.

    Raises:
        InputError: A score is outside 0 to 1, a pair is scored twice, or the pack's name is unsafe.
        StorageError: The disk did not take it.
    """
    require_pack_name(quality.pack)
    outside = [row.pair for row in quality.pairs if not 0 <= row.quality01 <= 1]
    if outside or len({row.pair for row in quality.pairs}) != len(quality.pairs):
        raise InputError(
            "one score between 0 and 1 for each pair",
            f"outside it: {outside[:5]}" if outside else "a pair scored twice",
            "correct the scoring stage; nothing was written",
        )
    write_atomic(path, document_bytes(quality))


def merge_quality(manifest: PairsManifest, quality: object) -> dict[int, float]:
    """Returns the scores that the runtime's loader would attach to the manifest's pairs.

    As there: a file for another pack counts for nothing and nobody is told, entries whose id or
    score is not a finite number are skipped, the last of several wins, nothing is clamped.

    Args:
        manifest: The pairs.
        quality: A `PairsQuality`, or any parsed JSON value.
    """
    raw = quality.model_dump() if isinstance(quality, PairsQuality) else quality
    if not isinstance(raw, Mapping) or raw.get("pack") != manifest.pack:
        return {}
    scores = dict(_finite_scores(raw))
    return {row.pair: scores[row.pair] for row in manifest.pairs if row.pair in scores}


def _finite_scores(quality: Mapping[str, Any]) -> list[tuple[float, float]]:
    pairs = quality.get("pairs")
    entries = [_object(entry) for entry in pairs] if isinstance(pairs, list) else []
    scores = [(finite_number(e.get("pair")), finite_number(e.get("quality01"))) for e in entries]
    return [(pair, score) for pair, score in scores if pair is not None and score is not None]


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
