"""Promotion: new scores become what a pack's runtime reads, and the way back stays open.

`aivj.release.candidate` says which scores may, `aivj.release.ledger` how they take their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aivj.contracts.json_text import iso_utc
from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.errors import InputError
from aivj.release.bucket import Bucket
from aivj.release.candidate import PromotionEvidence, admit
from aivj.release.ledger import (
    PackState,
    commit,
    former_pointers,
    keep,
    settle,
    stored_bytes,
)
from aivj.release.pointer import REPORT_NAME, Pointer, StoredObject

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


@dataclass(frozen=True, kw_only=True)
class PackRelease:
    """What a bucket holds for one pack.

    Attributes:
        pointer: The pointer; None if nothing was ever promoted.
        history: Former pointers, newest first.
        served_digest: SHA-256 of what the runtime reads; None if there is nothing.
        in_step: Whether the runtime reads what the pointer says; if not, a promotion or rollback
            was interrupted, or somebody wrote there by hand.
    """

    pointer: Pointer | None
    history: list[Pointer]
    served_digest: str | None
    in_step: bool


def promote(
    bucket: Bucket,
    *,
    pack: str,
    quality_path: Path,
    manifest_path: Path | None,
    evidence: PromotionEvidence,
    now: datetime,
    min_quality_std: float = MIN_QUALITY_STD,
) -> Promotion:
    """Makes the scores in `quality_path` what the runtime reads for `pack`.

    Promoting what is promoted already changes nothing, except that a check in a browser is added
    where there was none, and that an interrupted promotion is completed.

    Args:
        bucket: Where the runtime's files are.
        pack: Name of the pack.
        quality_path: The scores.
        manifest_path: The manifest whose pairs they must be for; None leaves that unchecked.
        evidence: Why they may be promoted.
        now: Time to write down.
        min_quality_std: Smallest standard deviation of the scores.

    Raises:
        InputError: A file, or the pointer in the bucket, is not what it should be.
        GateError: A gate refuses the scores; nothing was written.
        LostRaceError: Another promotion or rollback of the pack came first.
        StorageError: The bucket does not answer, or holds something else under a key of ours.
    """
    candidate = admit(
        quality_path,
        pack=pack,
        manifest_path=manifest_path,
        evidence=evidence,
        min_quality_std=min_quality_std,
    )
    verified = candidate.report is not None
    state = PackState.read(bucket, pack)
    current = state.pointer
    if current and current.digest == candidate.digest and current.verified >= verified:
        return _settled(bucket, current)
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
        verified=verified,
        verify_report=report,
        manifest_digest=candidate.manifest_digest,
        previous=state.before(scores.digest),
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
        raise InputError(
            f"a promotion of pack {pack!r} in {bucket.uri}",
            "none",
            "check the pack's name and the bucket; `aivj promote` makes the first one",
        )
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
    pointer = _pointer_back(state, target, past, pack=pack, now=now)
    commit(bucket, state, pointer)
    return Promotion(pointer=pointer, changed=True, bucket_uri=bucket.uri)


def describe(bucket: Bucket, pack: str) -> PackRelease:
    """Returns what the bucket holds for `pack`.

    Raises:
        InputError: A pointer in the bucket is not what it should be.
        StorageError: The bucket does not answer.
    """
    state = PackState.read(bucket, pack)
    return PackRelease(
        pointer=state.pointer,
        history=former_pointers(bucket, pack),
        served_digest=state.served_digest,
        in_step=state.in_step,
    )


def _settled(bucket: Bucket, pointer: Pointer) -> Promotion:
    changed = settle(bucket, pointer.pack)
    return Promotion(pointer=pointer, changed=changed, bucket_uri=bucket.uri)


def _pointer_back(
    state: PackState, target: StoredObject, past: Sequence[Pointer], *, pack: str, now: datetime
) -> Pointer:
    """Makes the pointer to earlier scores, with what is known of them from their own time."""
    known = next((pointer for pointer in past if pointer.digest == target.digest), None)
    return Pointer(
        serial=state.next_serial,
        action="rollback",
        pack=pack,
        digest=target.digest,
        object=target.object,
        promoted_at=iso_utc(now),
        run_id=known.run_id if known else None,
        verified=known.verified if known else False,
        verify_report=known.verify_report if known else None,
        manifest_digest=known.manifest_digest if known else None,
        previous=state.before(target.digest),
    )


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
