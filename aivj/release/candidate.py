"""What may be promoted: scores that the runtime can read and that every gate lets pass.

A person may overrule a gate, by name and with a reason. Nobody can make the runtime read scores
that it would skip. Looks at files alone: the bytes that were judged are those that are published.
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
from aivj.contracts.pointer import Forced, Gate
from aivj.contracts.scored_pack import scored_otherwise
from aivj.errors import GateError, InputError, StorageError
from aivj.storage import sha256_hex

_STD_TOLERANCE = 1e-3


MAX_PUBLISHED_BYTES = 64 * 1024 * 1024
"""Scores are some 60 bytes a pair: more is not what a runtime should load."""


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
    """

    run_id: str | None = None
    verify: VerifyEvidence | None = None


@dataclass(frozen=True, kw_only=True)
class Force:
    """A person's decision to promote scores whatever the gates say.

    Attributes:
        reason: Why; recorded with the scores.
        by: Who decided; likewise.

    Raises:
        InputError: One of them is empty.
    """

    reason: str
    by: str

    def __post_init__(self) -> None:
        for name, value in (("reason", self.reason), ("name", self.by)):
            if not value.strip():
                raise InputError(
                    f"the {name} that goes on record with a forced promotion",
                    "none",
                    'say --force --reason "why this once" --by NAME',
                )


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Scores ready to be published.

    Attributes:
        data: The file of scores.
        num_pairs: How many pairs it scores.
        quality_std: Their standard deviation.
        verified: Whether a check in a browser passed for exactly these scores.
        report: The report of such a check, passed or not; None if there was none.
        manifest_digest: SHA-256 of the manifest they were compared with, if there was one.
        forced: Which gates were overruled, and why; None if all let them pass.
    """

    data: bytes
    num_pairs: int
    quality_std: float
    verified: bool
    report: bytes | None
    manifest_digest: str | None
    forced: Forced | None

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
    force: Force | None = None,
    min_quality_std: float = MIN_QUALITY_STD,
) -> Candidate:
    """Reads scores and lets them through if every gate does, or `force` overrules the others.

    Raises:
        InputError: A file is missing or is not what it should be.
        GateError: The runtime could not use the scores: they are another pack's, incomplete,
            outside 0 to 1, or for pairs that the manifest does not have. Or a gate that is not
            overruled refuses: they are too much alike, their own statistics belong to others, they
            were made for another manifest or other presets, or they are not verified.
        StorageError: Somebody is writing the file.
    """
    _require_small(quality_path)
    data = read_bytes(quality_path)
    quality = read_pairs_quality(quality_path)
    if read_bytes(quality_path) != data:
        raise StorageError(
            f"{quality_path} to stay as it is while it is judged",
            "a file that changed meanwhile",
            "let the writer finish, then run the same command again",
        )
    num_listed = len(parse_json(data, str(quality_path))["pairs"])
    _require_usable_scores(quality, pack=pack, num_listed=num_listed, source=quality_path)
    manifest_digest = _manifest_digest(manifest_path, quality) if manifest_path else None
    digest = sha256_hex(data)
    std = quality_stats([row.quality01 for row in quality.pairs]).std
    refusals: dict[Gate, GateError | None] = {
        "statistics": _statistics_refusal(quality, std, quality_path),
        "pack": _pack_refusal(quality, manifest_path),
        "spread": _spread_refusal(std, min_quality_std, quality_path),
        "verify": _verify_refusal(evidence.verify, digest),
    }
    return Candidate(
        data=data,
        num_pairs=len(quality.pairs),
        quality_std=std,
        verified=refusals["verify"] is None,
        report=_report(evidence.verify, digest),
        manifest_digest=manifest_digest,
        forced=_overruled(refusals, force),
    )


def _require_small(path: Path) -> None:
    """Refuses what is no file of scores, before it is read whole."""
    num_bytes = path.stat().st_size if path.is_file() else 0
    if num_bytes > MAX_PUBLISHED_BYTES:
        raise GateError(
            f"at most {MAX_PUBLISHED_BYTES} bytes of scores to publish in {path}",
            f"{num_bytes} bytes",
            "check that it is the right file: a million pairs need no more",
        )


def _require_usable_scores(
    quality: PairsQuality, *, pack: str, num_listed: int, source: Path
) -> None:
    """Refuses what the runtime would ignore, skip, clamp or overwrite without a word."""
    if quality.pack != pack:
        raise GateError(
            f"scores of pack {pack!r} in {source}",
            f"scores of pack {quality.pack!r}",
            "promote them under their own pack: the runtime ignores scores of another",
        )
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


def _statistics_refusal(quality: PairsQuality, std: float, source: Path) -> GateError | None:
    if abs(std - quality.quality_stats.std) <= _STD_TOLERANCE:
        return None
    return _refusal(
        f"statistics in {source} that describe its scores",
        f"std {quality.quality_stats.std:.4f} written there, {std:.4f} by the scores",
        "score the pack again: the file was changed after it was written",
    )


def _pack_refusal(quality: PairsQuality, manifest_path: Path | None) -> GateError | None:
    if manifest_path is None:
        return None
    # The manifest lies in presets/<pack> below the folder that its URLs resolve below.
    others = scored_otherwise(
        quality.provenance, manifest_path, manifest_path.absolute().parents[2]
    )
    if not others:
        return None
    return _refusal(
        f"scores made for the pack as it is in {manifest_path.parent}",
        " and ".join(others),
        f"score it again: aivj score --pack {quality.pack}",
    )


def _spread_refusal(std: float, min_quality_std: float, source: Path) -> GateError | None:
    if std >= min_quality_std:
        return None
    return _refusal(
        f"scores in {source} with a standard deviation of at least {min_quality_std}",
        f"{std:.4f}: they rank nothing",
        "sample more pairs, add negatives, or train longer, then score the pack again",
    )


def _verify_refusal(verify: VerifyEvidence | None, digest: str) -> GateError | None:
    if verify is None:
        return _refusal(
            "scores that a check in a browser has passed",
            "no such check",
            "run `aivj verify` first, and say --evidence DIR",
        )
    if verify.quality_digest != digest:
        return _refusal(
            f"a check of the scores sha256 {digest[:12]}",
            f"a check of other scores, sha256 {verify.quality_digest[:12]}",
            "run `aivj verify` on the file that is to be promoted",
        )
    if not verify.passed:
        return _refusal(
            "a check in a browser that passed",
            f"one that failed: {verify.report_path}",
            "read its report, mend what it names, and verify again",
        )
    return None


def _report(verify: VerifyEvidence | None, digest: str) -> bytes | None:
    """Returns the report of a check of exactly these scores, however it ended."""
    if verify is None or verify.quality_digest != digest:
        return None
    return read_bytes(verify.report_path)


def _refusal(expected: str, found: str, remedy: str) -> GateError:
    """Makes the error of a gate that a person may overrule."""
    return GateError(expected, found, f"{remedy}; --force --reason TEXT overrules this, on record")


def _overruled(refusals: dict[Gate, GateError | None], force: Force | None) -> Forced | None:
    """Returns what to record of a force; it is nothing where nothing was refused.

    Raises:
        GateError: The first refusal, where nobody overrules it.
    """
    refused = {gate: error for gate, error in refusals.items() if error is not None}
    if not refused:
        return None
    if force is None:
        raise next(iter(refused.values()))
    return Forced(reason=force.reason.strip(), by=force.by.strip(), overruled=list(refused))
