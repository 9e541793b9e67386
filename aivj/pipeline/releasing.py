"""Promotion: verified scores into the runtime's bucket, and the registry that follows."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.json_text import read_object, validated
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import Provenance, read_pairs_quality
from aivj.gate.report import REPORT_NAME, VerifyReport
from aivj.release.bucket import open_bucket
from aivj.release.candidate import PromotionEvidence, VerifyEvidence
from aivj.release.promotion import Promotion, promote, rollback
from aivj.release.registry import follow_promotion, register_quality
from aivj.release.tracking import Tracker
from aivj.storage import sha256_hex


def publish(
    *,
    pack: str,
    bucket_uri: str,
    quality_path: Path,
    evidence_dir: Path | None,
    tracker: Tracker,
    allow_unverified: bool = False,
) -> Promotion:
    """Promotes a pack's scores; the registry's alias follows.

    Args:
        pack: Name of the pack.
        bucket_uri: Where to.
        quality_path: The scores; the manifest lies beside them.
        evidence_dir: Folder that verifying these scores wrote.
        tracker: Where the run that made the scores is recorded.
        allow_unverified: Whether to promote without evidence.

    Raises:
        InputError: A file is not what it should be.
        GateError: The scores are not fit to be promoted.
        StorageError: Bucket or registry does not answer, or another promotion came first.
    """
    provenance = read_pairs_quality(quality_path).provenance
    run_id = _register(tracker, pack, quality_path, provenance)
    promotion = promote(
        open_bucket(bucket_uri),
        pack=pack,
        quality_path=quality_path,
        manifest_path=quality_path.with_name(PAIRS_MANIFEST_NAME),
        evidence=PromotionEvidence(
            run_id=run_id,
            verify=_read_evidence(evidence_dir) if evidence_dir else None,
            allow_unverified=allow_unverified,
        ),
        now=datetime.now(UTC),
    )
    follow_promotion(tracker, promotion)
    return promotion


def roll_back(*, pack: str, bucket_uri: str, to: str | None, tracker: Tracker) -> Promotion:
    """Makes earlier scores what the runtime reads; the registry's alias follows.

    Raises as `aivj.release.promotion.rollback`.
    """
    promotion = rollback(open_bucket(bucket_uri), pack=pack, now=datetime.now(UTC), to=to)
    follow_promotion(tracker, promotion)
    return promotion


def _register(tracker: Tracker, pack: str, quality_path: Path, provenance: Provenance) -> str:
    """Makes the scores the registry's candidate; returns the run they are recorded in."""
    if provenance.run_id is None:
        with tracker.start("scores", params={}, tags={"pack": pack}) as made:
            run = made
    else:
        run = tracker.attach(provenance.run_id)
    known = provenance.model_dump(exclude_none=True, by_alias=False)
    register_quality(
        tracker,
        pack=pack,
        run_id=run.run_id,
        artifact_path=run.log_artifact(quality_path, "quality"),
        digest=sha256_hex(quality_path.read_bytes()),
        tags={name: str(value) for name, value in known.items()},
    )
    return run.run_id


def _read_evidence(folder: Path) -> VerifyEvidence:
    path = folder / REPORT_NAME
    report = validated(VerifyReport, read_object(path), str(path))
    return VerifyEvidence(
        passed=report.passed, quality_digest=report.quality_digest or "none", report_path=path
    )
