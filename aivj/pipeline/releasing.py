"""Promotion: scores into the runtime's bucket, and the registry that follows."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.json_text import read_object, validated
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import Provenance, read_pairs_quality
from aivj.errors import StorageError
from aivj.gate.report import REPORT_NAME, VerifyReport
from aivj.release.bucket import Bucket
from aivj.release.candidate import Force, PromotionEvidence, VerifyEvidence
from aivj.release.pointer import Pointer, pointer_key, read_pointer
from aivj.release.promotion import Promotion, promote, rollback
from aivj.release.registry import follow_pointer, register_quality
from aivj.release.tracking import Tracker
from aivj.storage import sha256_hex

_MAX_FOLLOW_ROUNDS = 16


def publish(
    *,
    pack: str,
    bucket: Bucket,
    quality_path: Path,
    evidence_dir: Path | None,
    tracker: Tracker,
    force: Force | None = None,
) -> Promotion:
    """Promotes a pack's scores; the registry's aliases follow.

    Args:
        pack: Name of the pack.
        bucket: Where to.
        quality_path: The scores; the manifest lies beside them.
        evidence_dir: Folder that verifying these scores wrote.
        tracker: Where the run that made the scores is recorded.
        force: Whose decision it is to promote them even if a gate refuses, and why.

    Raises:
        InputError: A file is not what it should be.
        GateError: The scores are not fit to be promoted; they stay the registry's candidate.
        LostRaceError: Another promotion came first.
        StorageError: Bucket or registry does not answer.
    """
    provenance = read_pairs_quality(quality_path).provenance
    run_id = register_scores(tracker, pack, quality_path, provenance)
    promotion = promote(
        bucket,
        pack=pack,
        quality_path=quality_path,
        manifest_path=quality_path.with_name(PAIRS_MANIFEST_NAME),
        evidence=PromotionEvidence(
            run_id=run_id, verify=read_evidence(evidence_dir) if evidence_dir else None
        ),
        now=datetime.now(UTC),
        force=force,
    )
    _follow(tracker, bucket, promotion.pointer)
    return promotion


def roll_back(*, pack: str, bucket: Bucket, to: str | None, tracker: Tracker) -> Promotion:
    """Makes earlier scores what the runtime reads; the registry's aliases follow.

    Raises as `aivj.release.promotion.rollback`.
    """
    promotion = rollback(bucket, pack=pack, now=datetime.now(UTC), to=to)
    _follow(tracker, bucket, promotion.pointer)
    return promotion


def _follow(tracker: Tracker, bucket: Bucket, pointer: Pointer) -> None:
    """Lets the registry follow until the pointer stands still.

    Of two promotions close behind each other the former may come to this later.
    """
    for _ in range(_MAX_FOLLOW_ROUNDS):
        follow_pointer(tracker, pointer)
        now, _ = read_pointer(bucket, pointer_key(pointer.pack)) or (pointer, None)
        if now == pointer:
            return
        pointer = now
    raise StorageError(
        f"the pointer of pack {pointer.pack!r} in {bucket.uri} to come to rest",
        f"another one in each of {_MAX_FOLLOW_ROUNDS} rounds",
        "stop whatever promotes there, then run the same command again",
    )


def register_scores(tracker: Tracker, pack: str, quality_path: Path, provenance: Provenance) -> str:
    """Makes the scores the registry's candidate; returns the run they are recorded in.

    Raises:
        StorageError: The server does not answer.
    """
    if provenance.run_id is None:
        with tracker.start("scores", params={}, tags={"pack": pack}) as made:
            run = made
    else:
        run = tracker.attach(provenance.run_id)
    known = provenance.model_dump(exclude={"held_out_pairs"}, exclude_none=True, by_alias=False)
    register_quality(
        tracker,
        pack=pack,
        run_id=run.run_id,
        artifact_path=run.log_artifact(quality_path, "quality"),
        digest=sha256_hex(quality_path.read_bytes()),
        tags={name: str(value) for name, value in known.items()},
    )
    return run.run_id


def read_evidence(folder: Path) -> VerifyEvidence:
    """Reads what `aivj verify` wrote.

    Raises:
        InputError: There is no report, or it cannot be used.
    """
    path = folder / REPORT_NAME
    report = validated(VerifyReport, read_object(path), str(path))
    return VerifyEvidence(
        passed=report.passed, quality_digest=report.quality_digest or "none", report_path=path
    )
