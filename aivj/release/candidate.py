"""What may be promoted: scores that pass the gates, with the evidence for them.

Looks at files alone. The bytes that were judged are the bytes that are published.
"""

from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.json_text import parse_json, read_bytes
from aivj.contracts.pairs_manifest import read_pairs_manifest
from aivj.contracts.pairs_quality import (
    MIN_QUALITY_STD,
    PairsQuality,
    quality_stats,
    read_pairs_quality,
)
from aivj.errors import GateError, StorageError
from aivj.storage import sha256_hex

_STD_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True)
class VerifyEvidence:
    """The outcome of a check of scores in a real browser.

    Attributes:
        passed: The verdict.
        quality_digest: SHA-256 of the file of scores that the browser was given.
        report_path: The check's report; it is published beside the scores.
    """

    passed: bool
    quality_digest: str
    report_path: Path


@dataclass(frozen=True, kw_only=True)
class PromotionEvidence:
    """Why scores may be promoted.

    Attributes:
        run_id: MLflow run that made them; None if there was none.
        verify: Their check in a browser; None if there was none.
        allow_unverified: Promote without such a check. A check that failed still refuses.
    """

    run_id: str | None = None
    verify: VerifyEvidence | None = None
    allow_unverified: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Scores that passed, ready to be published.

    Attributes:
        data: The file of scores.
        report: The report of their check, if there was one.
        manifest_digest: SHA-256 of the manifest they were compared with, if there was one.
    """

    data: bytes
    report: bytes | None
    manifest_digest: str | None

    @property
    def digest(self) -> str:
        """SHA-256 of the scores."""
        return sha256_hex(self.data)


def admit(
    quality_path: Path,
    *,
    pack: str,
    manifest_path: Path | None,
    evidence: PromotionEvidence,
    min_quality_std: float = MIN_QUALITY_STD,
) -> Candidate:
    """Reads scores and lets them through if every gate does.

    Raises:
        InputError: A file is missing or is not what it should be.
        GateError: The scores are another pack's, incomplete, outside 0 to 1, too much alike, for
            pairs that the manifest does not have, or not verified.
        StorageError: Somebody is writing the file.
    """
    data = read_bytes(quality_path)
    quality = read_pairs_quality(quality_path)
    if read_bytes(quality_path) != data:
        raise StorageError(
            f"{quality_path} to stay as it is while it is judged",
            "a file that changed meanwhile",
            "let the writer finish, then run the same command again",
        )
    if quality.pack != pack:
        raise GateError(
            f"scores of pack {pack!r} in {quality_path}",
            f"scores of pack {quality.pack!r}",
            "promote them under their own pack: the runtime ignores scores of another",
        )
    num_listed = len(parse_json(data, str(quality_path))["pairs"])
    _require_usable_scores(quality, num_listed=num_listed, source=quality_path)
    _require_spread(quality, min_quality_std=min_quality_std, source=quality_path)
    return Candidate(
        data=data,
        report=_verified_report(evidence, sha256_hex(data)),
        manifest_digest=_manifest_digest(manifest_path, quality) if manifest_path else None,
    )


def _require_usable_scores(quality: PairsQuality, *, num_listed: int, source: Path) -> None:
    """Refuses what the runtime would skip, clamp or overwrite without a word."""
    outside = [row.pair for row in quality.pairs if not 0 <= row.quality01 <= 1]
    num_skipped = num_listed - len(quality.pairs)
    num_repeated = len(quality.pairs) - len({row.pair for row in quality.pairs})
    if outside or num_skipped or num_repeated:
        raise GateError(
            f"one score from 0 to 1 for each pair in {source}",
            f"{len(outside)} outside that range, {num_skipped} that are no numbers, "
            f"{num_repeated} repeated",
            "score the pack again",
        )


def _require_spread(quality: PairsQuality, *, min_quality_std: float, source: Path) -> None:
    std = quality_stats([row.quality01 for row in quality.pairs]).std
    if abs(std - quality.quality_stats.std) > _STD_TOLERANCE:
        raise GateError(
            f"statistics in {source} that describe its scores",
            f"std {quality.quality_stats.std:.4f} written there, {std:.4f} by the scores",
            "score the pack again: the file was changed after it was written",
        )
    if std < min_quality_std:
        raise GateError(
            f"scores in {source} with a standard deviation of at least {min_quality_std}",
            f"{std:.4f}: they rank nothing",
            "sample more pairs, add negatives, or train longer, then score the pack again",
        )


def _manifest_digest(path: Path, quality: PairsQuality) -> str:
    manifest = read_pairs_manifest(path, pack=quality.pack)
    unknown = {row.pair for row in quality.pairs} - {row.pair for row in manifest.pairs}
    if unknown:
        raise GateError(
            f"scores only for pairs that {path} has",
            f"{len(unknown)} others, first {sorted(unknown)[:5]}",
            "score the pack with the manifest that the runtime loads: ids are matched by number",
        )
    return sha256_hex(read_bytes(path))


def _verified_report(evidence: PromotionEvidence, digest: str) -> bytes | None:
    """Returns the report of a check that passed for exactly these scores, None if waived."""
    verify = evidence.verify
    if verify is None:
        if evidence.allow_unverified:
            return None
        raise GateError(
            "scores that a check in a browser has passed",
            "no such check",
            "run `aivj verify` first, or allow unverified scores explicitly",
        )
    if verify.quality_digest != digest:
        raise GateError(
            f"a check of the scores sha256 {digest[:12]}",
            f"a check of other scores, sha256 {verify.quality_digest[:12]}",
            "run `aivj verify` on the file that is to be promoted",
        )
    if not verify.passed:
        raise GateError(
            "a check in a browser that passed",
            f"one that failed: {verify.report_path}",
            "read its report, mend what it names, and verify again",
        )
    return read_bytes(verify.report_path)
