"""The two files that are compared: their scores, and what `aivj verify` said of them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel, parse_json, read_bytes, shown, validated
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.pairs_quality import Provenance, merge_quality
from aivj.errors import InputError
from aivj.gate.report import REPORT_NAME, VerifyReport
from aivj.gate.uplift import Uplift
from aivj.release.bucket import Bucket
from aivj.release.releases import read_champion
from aivj.storage import sha256_hex


class Evidence(ContractModel):
    """What `aivj verify` said of one file of scores.

    Attributes:
        verdict: Passed if every required check did.
        failed_checks: Reasons of the required checks that failed, by name.
        uplift: Weighted against shuffled picks in the player; None where it was not measured.
        renderer_class: What drew the pictures.
        gamma: How much weighted picks preferred a better score.
        seed: Seed of the picks.
    """

    verdict: Literal["passed", "failed"]
    failed_checks: Mapping[str, str]
    uplift: Uplift | None
    renderer_class: str
    gamma: Number
    seed: int

    @property
    def conditions(self) -> tuple[str, float, int]:
        """What must be the same for two checks to compare."""
        return self.renderer_class, self.gamma, self.seed


class Side(ContractModel):
    """One of the two files.

    Attributes:
        source: Where it lies.
        digest: SHA-256 of it.
        num_pairs: Pairs of the manifest that it gives the runtime a score for.
        evidence: Its check in a browser; None if none was given.
    """

    source: str
    digest: str
    num_pairs: Count
    evidence: Evidence | None


@dataclass(frozen=True)
class ScoredSide:
    """One of the two files with its scores.

    Attributes:
        side: What to tell of it.
        scores: Quality by pair id, as the runtime would merge it.
        held_out: Pairs that the net behind it was kept from; None if the file does not say.
        manifest_digest: SHA-256 of the manifest it was promoted with, where that is known.
    """

    side: Side
    scores: Mapping[int, float]
    held_out: frozenset[int] | None
    manifest_digest: str | None = None


def side_of_file(path: Path, manifest: PairsManifest, *, evidence_dir: Path | None) -> ScoredSide:
    """Reads scores, and the folder that verifying them wrote, if it is given.

    Raises:
        InputError: A file cannot be used, or the check is one of other scores.
    """
    return _side(str(path), read_bytes(path), manifest, _report_in(evidence_dir))


def side_of_champion(
    bucket: Bucket, manifest: PairsManifest, *, evidence_dir: Path | None
) -> ScoredSide:
    """Reads the scores that a bucket's pointer names, with the report published beside them.

    Args:
        bucket: The bucket.
        manifest: The pack's pairs.
        evidence_dir: Folder of another check of these scores, to be used instead.

    Raises:
        InputError: Nothing was promoted, a file cannot be used, or the check is one of other
            scores.
        StorageError: The bucket does not answer, or the scores are damaged.
    """
    champion = read_champion(bucket, manifest.pack)
    pointer = champion.pointer
    report = _report_in(evidence_dir)
    if report is None and champion.report is not None and pointer.verify_report is not None:
        report = _report(champion.report, f"{bucket.uri}/{pointer.verify_report.object}")
    read = _side(f"{bucket.uri}/{pointer.object}", champion.scores, manifest, report)
    return dataclasses.replace(read, manifest_digest=pointer.manifest_digest)


def _side(
    source: str, data: bytes, manifest: PairsManifest, report: VerifyReport | None
) -> ScoredSide:
    document = parse_json(data, source)
    scores = merge_quality(manifest, document)
    if not scores:
        found = document.get("pack") if isinstance(document, Mapping) else document
        raise InputError(
            f"scores for pairs of pack {manifest.pack!r} in {source}",
            f"none that the runtime would take, pack {shown(found)}",
            "compare two files of scores of the same pack",
        )
    digest = sha256_hex(data)
    if report is not None and report.quality_digest != digest:
        raise InputError(
            f"a check of the scores sha256 {digest[:12]} in {source}",
            f"a check of other scores, sha256 {(report.quality_digest or 'none')[:12]}",
            "name the folder that verifying these scores wrote",
        )
    evidence = None if report is None else _evidence(report)
    provenance = validated(Provenance, document.get("provenance", {}), source)
    held_out = provenance.held_out_pairs
    return ScoredSide(
        Side(source=source, digest=digest, num_pairs=len(scores), evidence=evidence),
        scores,
        None if held_out is None else frozenset(held_out),
    )


def _report_in(folder: Path | None) -> VerifyReport | None:
    if folder is None:
        return None
    path = folder / REPORT_NAME
    return _report(read_bytes(path), str(path))


def _report(data: bytes, source: str) -> VerifyReport:
    return validated(VerifyReport, parse_json(data, source), source)


def _evidence(report: VerifyReport) -> Evidence:
    return Evidence(
        verdict=report.verdict,
        failed_checks=report.failed_checks,
        uplift=report.uplift,
        renderer_class=report.renderer.renderer_class,
        gamma=report.gamma,
        seed=report.seed,
    )
