"""Comparison: the served scores beside those that might take their place."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from aivj.comparison import (
    Labels,
    ScoredSide,
    elite_of,
    judgements_of,
    match,
    scored_side,
)
from aivj.comparison import compare as compare_sides
from aivj.contracts.comparison import Comparison, Evidence
from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.json_text import parse_json, read_bytes, validated
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.verification import REPORT_NAME, VerifyReport
from aivj.coupling.eval_labels import eval_labels
from aivj.errors import InputError
from aivj.pipeline.requests import CompareRequest
from aivj.release.pointer import pointer_key, read_pointer
from aivj.release.releases import read_champion
from aivj.storage import Bucket, open_bucket, sha256_hex


def compare(request: CompareRequest, on_progress: Callable[[str, int, int], None]) -> Comparison:
    """Judges both files of scores by whatever labels are given.

    Args:
        request: What to compare, and by what.
        on_progress: Called with what is being counted, how much of it is done, and of how much.

    Raises:
        InputError: A file cannot be used, nothing was promoted yet, a check is one of other
            scores, rows come from different renderer classes and may not be mixed, or not one
            pair is scored by both.
        StorageError: The bucket does not answer, or its scores are damaged.
    """
    bucket = open_bucket(request.bucket_uri)
    manifest_path = request.packs_root / "presets" / request.pack / PAIRS_MANIFEST_NAME
    manifest = read_pairs_manifest(manifest_path, pack=request.pack)
    candidate = _side_of_file(
        request.candidate_path or manifest_path.with_name(PAIRS_QUALITY_NAME),
        manifest,
        request.candidate_evidence,
    )
    matched = match(
        manifest, _champion(request, bucket, manifest), candidate, with_trained=request.with_trained
    )
    labels = _labels(
        request,
        matched.judged,
        lambda num_done, num_total: on_progress("presets", num_done, num_total),
    )
    return compare_sides(
        matched,
        labels,
        manifest_digest=sha256_hex(read_bytes(manifest_path)),
        seed=request.seed,
        on_progress=lambda num_done, num_total: on_progress("figures", num_done, num_total),
    )


def has_champion(request: CompareRequest) -> bool:
    """Tells whether there is anything to compare with.

    Raises:
        StorageError: The bucket does not answer.
    """
    if request.champion_path is not None:
        return True
    return read_pointer(open_bucket(request.bucket_uri), pointer_key(request.pack)) is not None


def _champion(request: CompareRequest, bucket: Bucket, manifest: PairsManifest) -> ScoredSide:
    """Reads the scores of a file or, with the report published beside them, of the bucket."""
    if request.champion_path is not None:
        return _side_of_file(request.champion_path, manifest, request.champion_evidence)
    champion = read_champion(bucket, manifest.pack)
    pointer = champion.pointer
    side = scored_side(
        f"{bucket.uri}/{pointer.object}",
        champion.scores,
        manifest,
        manifest_digest=pointer.manifest_digest,
    )
    if request.champion_evidence is not None:
        return _checked(side, *_report_in(request.champion_evidence))
    if champion.report is not None and pointer.verify_report is not None:
        source = f"{bucket.uri}/{pointer.verify_report.object}"
        return _checked(side, champion.report, source)
    return side


def _side_of_file(path: Path, manifest: PairsManifest, evidence_dir: Path | None) -> ScoredSide:
    side = scored_side(str(path), read_bytes(path), manifest)
    return side if evidence_dir is None else _checked(side, *_report_in(evidence_dir))


def _report_in(folder: Path) -> tuple[bytes, str]:
    path = folder / REPORT_NAME
    return read_bytes(path), str(path)


def _checked(side: ScoredSide, data: bytes, source: str) -> ScoredSide:
    """Returns the side with what a report says of it, which must be a report on these scores."""
    report = validated(VerifyReport, parse_json(data, source), source)
    if report.quality_digest != side.side.digest:
        raise InputError(
            f"a check of the scores sha256 {side.side.digest[:12]} in {side.side.source}",
            f"a check of other scores, sha256 {(report.quality_digest or 'none')[:12]}",
            "name the folder that verifying these scores wrote",
        )
    evidence = Evidence(
        verdict=report.verdict,
        failed_checks=report.failed_checks,
        uplift=report.uplift,
        renderer_class=report.renderer.renderer_class,
        gamma=report.gamma,
        seed=report.seed,
    )
    return replace(side, side=side.side.model_copy(update={"evidence": evidence}))


def _labels(
    request: CompareRequest,
    pairs: Sequence[ManifestPair],
    on_progress: Callable[[int, int], None],
) -> Labels:
    """Reads what is known of some pairs of the pack."""
    files = request.labels
    wanted = {pair.pair for pair in pairs}
    rows = [
        row
        for path in files.eval_jsonl
        for row in read_eval_rows(path).rows
        if row.pack == request.pack
    ]
    measured = eval_labels(rows, target=files.eval_target, mix_renderers=files.mix_renderers)
    left_out = {
        "they lack what the eval target needs": measured.num_unmeasured,
        "a part was not drawn": measured.num_degraded,
    }
    judgements = (
        judgements_of(files.preferences_path, pairs, request.pack) if files.preferences_path else []
    )
    elite = (
        elite_of(files.elite_dir, pairs, request.packs_root, on_progress) if files.elite_dir else {}
    )
    return Labels(
        targets={
            pair: label.target for (_, pair), label in measured.of_pair.items() if pair in wanted
        },
        elite=elite,
        judgements=judgements,
        notes=tuple(
            f"{num} eval rows left out since {why}" for why, num in left_out.items() if num
        ),
    )
