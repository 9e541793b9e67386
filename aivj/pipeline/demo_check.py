"""Whether `summary.json` of a demo says what the files and places say that it names."""

import math
from collections.abc import Iterator
from pathlib import Path

from aivj.contracts.demo_summary import DemoSummary
from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.json_text import read_object, validated
from aivj.contracts.pairs_quality import quality_stats, read_pairs_quality
from aivj.contracts.verification import VerifyReport
from aivj.coupling.checkpoint import read_checkpoint
from aivj.errors import GateError
from aivj.release.pointer import pointer_key, read_pointer, runtime_key
from aivj.release.run_notes import CHECKPOINT_FOLDER, CHECKPOINT_TAG, quality_folder
from aivj.release.tracking import Tracker
from aivj.runs.directory import RunDirectory
from aivj.storage import open_bucket, sha256_hex

_PLACES = ("bucket", "mlflow")
_RECORDED = ("train_loss", "held_out_loss")
_TOLERANCE = 1e-12


def require_true_summary(summary: DemoSummary) -> None:
    """Compares a summary with all that it names.

    Counts and digests have to be the same, figures within 1e-12, those in MLflow within
    `aivj.release.experiment.RELATIVE_TOLERANCE`.

    Raises:
        GateError: Something is said otherwise there.
        InputError: A file is missing or cannot be used.
        StorageError: The bucket or MLflow does not answer.
    """
    others = [
        *_missing(summary),
        *_other_pairs(summary),
        *_other_scores(summary),
        *_other_verdict(summary),
        *_other_net(summary),
        *_other_release(summary),
    ]
    if others:
        raise GateError(
            f"{summary.artifacts['summary']} to say what the files say that it names",
            "; ".join(others),
            "see what else writes there, then call the demo again",
        )


def _missing(summary: DemoSummary) -> Iterator[str]:
    for name, place in summary.artifacts.items():
        if name not in _PLACES and not Path(place).exists():
            yield f"no {name} at {place}"


def _other_pairs(summary: DemoSummary) -> Iterator[str]:
    rows = read_eval_rows(Path(summary.artifacts["eval"])).rows
    failures = RunDirectory(Path(summary.artifacts["run"])).failures()
    told = summary.pairs
    counted = {
        "measured": len({row.pair for row in rows}),
        "failed": len({failure.pair for failure in failures}),
        "ok": sum(row.ok_heuristic for row in rows),
        "target": told.measured + told.failed,
    }
    for name, count in counted.items():
        if getattr(told, name) != count:
            yield f"{getattr(told, name)} pairs {name}, {count} by the files"
    for drew in sorted({f"{row.renderer_class}" for row in rows}):
        if drew != summary.renderer.renderer_class:
            yield f"drawn by {summary.renderer.renderer_class}, rows by {drew}"


def _other_scores(summary: DemoSummary) -> Iterator[str]:
    path = Path(summary.artifacts["quality"])
    quality = read_pairs_quality(path)
    stats = quality_stats([row.quality01 for row in quality.pairs])
    yield from _other_figures(summary, {"quality_std": stats.std, "quality_p50": stats.p50}, path)
    digest = sha256_hex(path.read_bytes())
    if digest != summary.promoted_digest:
        yield f"promoted {summary.promoted_digest}, {path} is {digest}"
    if quality.provenance.run_id != summary.mlflow_run_id:
        yield f"run {summary.mlflow_run_id}, {path} is of {quality.provenance.run_id}"
    net = read_checkpoint(Path(summary.artifacts["checkpoint"]))
    if quality.provenance.checkpoint_digest != net.digest:
        yield f"{path} is by the net {quality.provenance.checkpoint_digest}, not {net.digest}"


def _other_verdict(summary: DemoSummary) -> Iterator[str]:
    path = Path(summary.artifacts["verify"])
    report = validated(VerifyReport, read_object(path), str(path))
    if (report.passed, report.quality_digest) != (summary.verified, summary.promoted_digest):
        yield f"{path} {report.verdict} the scores {report.quality_digest}"
    mean = None if report.uplift is None else report.uplift.mean
    yield from _other_figures(summary, {"uplift": mean}, path)


def _other_net(summary: DemoSummary) -> Iterator[str]:
    path = Path(summary.artifacts["checkpoint"])
    checkpoint = read_checkpoint(path)
    figures = {k: v for k, v in checkpoint.card.metrics.items() if k in summary.figures}
    yield from _other_figures(summary, figures, path)
    tracker = Tracker(summary.artifacts["mlflow"])
    said = tracker.tags(summary.mlflow_run_id).get(CHECKPOINT_TAG)
    if said != checkpoint.digest:
        yield f"run {summary.mlflow_run_id} says the net is {said}, not {checkpoint.digest}"
    known = {name: summary.figures.get(name) for name in _RECORDED}
    metrics = {name: value for name, value in known.items() if value is not None}
    quality = quality_folder(summary.promoted_digest)
    files = {CHECKPOINT_FOLDER: [path], quality: [Path(summary.artifacts["quality"])]}
    for told in tracker.recorded_otherwise(summary.mlflow_run_id, metrics, files):
        yield f"run {summary.mlflow_run_id} has {told}"


def _other_release(summary: DemoSummary) -> Iterator[str]:
    bucket = open_bucket(summary.artifacts["bucket"])
    pointer, _ = read_pointer(bucket, pointer_key(summary.pack)) or (None, None)
    served, _ = bucket.get(runtime_key(summary.pack)) or (b"", "")
    for what, digest in (
        ("pointer", None if pointer is None else pointer.digest),
        ("runtime's key", sha256_hex(served)),
    ):
        if digest != summary.promoted_digest:
            yield f"promoted {summary.promoted_digest}, the {what} has {digest}"


def _other_figures(
    summary: DemoSummary, found: dict[str, float | int | None], path: Path
) -> Iterator[str]:
    for name, value in found.items():
        told = summary.figures.get(name)
        same = told is value or (
            told is not None
            and value is not None
            and math.isclose(told, value, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
        )
        if not same:
            yield f"{name} {told}, {value} in {path}"
