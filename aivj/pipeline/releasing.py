"""Promotion: verified scores into the runtime's bucket, and the registry that follows."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.gate.report import VerifyReport
from aivj.release.bucket import open_bucket
from aivj.release.candidate import PromotionEvidence, VerifyEvidence
from aivj.release.promotion import Promotion, promote
from aivj.release.tracking import Tracker
from aivj.storage import sha256_hex


def publish(
    *,
    pack: str,
    bucket_uri: str,
    quality_path: Path,
    verified: VerifyReport | None,
    report_path: Path | None,
    tracker: Tracker,
    run_id: str | None,
    allow_unverified: bool = False,
) -> Promotion:
    """Promotes a pack's scores and lets the registry's alias follow.

    Raises:
        GateError: The scores are not fit to be promoted.
        StorageError: The bucket or the registry does not answer, or another promotion came first.
    """
    evidence = PromotionEvidence(
        run_id=run_id,
        verify=_evidence(verified, report_path, quality_path),
        allow_unverified=allow_unverified,
    )
    return promote(
        open_bucket(bucket_uri),
        pack=pack,
        quality_path=quality_path,
        manifest_path=quality_path.with_name(PAIRS_MANIFEST_NAME),
        evidence=evidence,
        now=datetime.now(UTC),
    )


def _evidence(
    verified: VerifyReport | None, report_path: Path | None, quality_path: Path
) -> VerifyEvidence | None:
    if verified is None or report_path is None:
        return None
    return VerifyEvidence(
        passed=verified.passed,
        quality_digest=sha256_hex(quality_path.read_bytes()),
        report_path=report_path,
    )
