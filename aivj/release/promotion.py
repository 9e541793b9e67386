"""Promotion: new scores become what a pack's runtime reads, and the way back stays open.

`aivj.release.candidate` says which scores may, `aivj.release.ledger` how they take their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aivj.contracts.json_text import iso_utc
from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.contracts.pointer import Pointer, StoredObject
from aivj.errors import InputError
from aivj.release.candidate import Candidate, Force, PromotionEvidence, admit
from aivj.release.ledger import (
    PackState,
    commit,
    former_pointers,
    keep,
    settle,
    stored_bytes,
)
from aivj.release.pointer import FOUNDATION_FIELDS, REPORT_NAME, never_promoted
from aivj.storage import Bucket

_MIN_PREFIX_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """The outcome of a promotion or rollback.

    Attributes:
        pointer: The pack's pointer.
        changed: Whether the pointer, or what the runtime reads, had to be changed.
        bucket_uri: The bucket.
    """

    pointer: Pointer
    changed: bool
    bucket_uri: str


def promote(
    bucket: Bucket,
    *,
    pack: str,
    quality_path: Path,
    manifest_path: Path | None,
    evidence: PromotionEvidence,
    now: datetime,
    force: Force | None = None,
    min_quality_std: float = MIN_QUALITY_STD,
) -> Promotion:
    """Makes the scores in `quality_path` what the runtime reads for `pack`.

    Promoting what is promoted already changes nothing, except that gates passed since then are
    recorded, and that an interrupted promotion is completed.

    Args:
        bucket: Where the runtime's files are.
        pack: Name of the pack.
        quality_path: The scores.
        manifest_path: The manifest whose pairs they must be for; None leaves that unchecked.
        evidence: Why they may be promoted.
        now: Time to write down.
        force: Whose decision it is to promote them even if a gate refuses, and why.
        min_quality_std: Smallest standard deviation of the scores.

    Raises:
        InputError: A file, or the pointer in the bucket, is not what it should be.
        GateError: A gate refuses the scores; nothing was written.
        LostRaceError: Another promotion or rollback of the pack came first.
        StorageError: The bucket does not answer, did not keep what it was given, or holds
            something else under a key of ours.
    """
    candidate = admit(
        quality_path,
        pack=pack,
        manifest_path=manifest_path,
        evidence=evidence,
        force=force,
        min_quality_std=min_quality_std,
    )
    state = PackState.read(bucket, pack)
    if state.pointer and _says_no_less(state.pointer, candidate):
        return _settled(bucket, state.pointer)
    scores = keep(bucket, candidate.data)
    report = None if candidate.report is None else keep(bucket, candidate.report, REPORT_NAME)
    pointer = Pointer(
        serial=state.next_serial,
        action="promote",
        pack=pack,
        digest=scores.digest,
        object=scores.object,
        promoted_at=iso_utc(now),
        run_id=evidence.run_id,
        verified=candidate.verified,
        verify_report=report,
        forced=candidate.forced,
        num_pairs=candidate.num_pairs,
        quality_std=candidate.quality_std,
        manifest_digest=candidate.manifest_digest,
        previous=state.before(scores.digest),
        unconditional=bucket.unconditional,
    )
    commit(bucket, state, pointer)
    return Promotion(pointer=pointer, changed=True, bucket_uri=bucket.uri)


def rollback(bucket: Bucket, *, pack: str, now: datetime, to: str | None = None) -> Promotion:
    """Makes earlier scores what the runtime reads again: the same swap, backwards.

    Without `to` that is what was there before the last swap, so that a second rollback undoes the
    first; a rollback that was interrupted is completed instead.

    Args:
        bucket: Where the runtime's files are.
        pack: Name of the pack.
        now: Time to write down.
        to: SHA-256 of the scores to return to, or its first 8 digits or more.

    Raises:
        InputError: Nothing was promoted, nothing was there before, or nothing there matches `to`.
        LostRaceError: Another promotion or rollback of the pack came first.
        StorageError: The bucket does not answer, or the earlier scores are not in it any more.
    """
    state = PackState.read(bucket, pack)
    current = state.pointer
    if current is None:
        raise never_promoted(bucket, pack)
    past = former_pointers(bucket, pack)
    interrupted = current.action == "rollback" and not state.in_step
    target = _matching([current, *past], to) if to else current.previous
    if target is None:
        raise InputError(
            f"scores that were there before {current.digest[:12]}",
            "none: it is the pack's first promotion",
            "promote other scores instead",
        )
    if target.digest == current.digest or (interrupted and not to):
        return _settled(bucket, current)
    stored_bytes(bucket, target)
    pointer = _pointer_back(bucket, state, target, past, now=now)
    commit(bucket, state, pointer)
    return Promotion(pointer=pointer, changed=True, bucket_uri=bucket.uri)


def _says_no_less(pointer: Pointer, candidate: Candidate) -> bool:
    """Tells whether the candidate's scores are promoted already, and as well founded as now."""
    return (
        pointer.digest == candidate.digest
        and pointer.verified >= candidate.verified
        and (pointer.forced is None or candidate.forced is not None)
    )


def _settled(bucket: Bucket, pointer: Pointer) -> Promotion:
    changed = settle(bucket, pointer.pack)
    return Promotion(pointer=pointer, changed=changed, bucket_uri=bucket.uri)


def _pointer_back(
    bucket: Bucket,
    state: PackState,
    target: StoredObject,
    past: Sequence[Pointer],
    *,
    now: datetime,
) -> Pointer:
    """Makes the pointer to earlier scores, with what is known of them from their own time."""
    known = next((pointer for pointer in past if pointer.digest == target.digest), None)
    swap = Pointer(
        serial=state.next_serial,
        action="rollback",
        pack=state.pack,
        digest=target.digest,
        object=target.object,
        promoted_at=iso_utc(now),
        verified=False,
        previous=state.before(target.digest),
        unconditional=bucket.unconditional,
    )
    if known is None:
        return swap
    return swap.model_copy(update={name: getattr(known, name) for name in FOUNDATION_FIELDS})


def _matching(pointers: Sequence[Pointer], digest_start: str) -> StoredObject:
    """Returns the one thing ever promoted, or there before, whose digest starts so."""
    stored = [p.scores for p in pointers] + [p.previous for p in pointers if p.previous]
    found = {s.digest: s for s in stored if s.digest.startswith(digest_start.lower())}
    if len(found) != 1 or len(digest_start) < _MIN_PREFIX_LENGTH:
        raise InputError(
            f"the SHA-256 of earlier scores, or {_MIN_PREFIX_LENGTH} or more of its first digits",
            f"{digest_start!r}, which fits {len(found)} of them",
            f"take one of: {', '.join(sorted({s.digest[:12] for s in stored}))}",
        )
    return next(iter(found.values()))
