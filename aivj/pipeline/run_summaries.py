"""A run's figures from sampling to its verdict, `run-summary.json`, made of what stands on disk."""

import importlib.metadata
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aivj.contracts.json_text import iso_utc, read_object, validated
from aivj.contracts.run_folder import RUN_SUMMARY_NAME
from aivj.contracts.run_meta import RunMeta, read_run_meta
from aivj.contracts.run_summary import (
    MIN_OK_RATE,
    RunSummary,
    SummaryEnv,
    SummaryFailure,
    SummaryGate,
    SummaryInputs,
    SummaryOutputs,
    SummaryTraining,
    SummaryVerify,
    read_run_summary,
    summary_outputs,
    write_run_summary,
)
from aivj.contracts.verification import REPORT_NAME, VerifyReport
from aivj.coupling.checkpoint import read_checkpoint
from aivj.errors import GateError, NoSamplesError, RunError
from aivj.runs.directory import RunDirectory

_VERSION_TIMEOUT_S = 10


@dataclass(frozen=True)
class Summarized:
    """A run's figures, and those of each of its packs.

    Attributes:
        summary: What stands in `run-summary.json`.
        of_pack: What sampling gave, by pack.
    """

    summary: RunSummary
    of_pack: dict[str, SummaryOutputs]


def summarize_run(
    folder: Path, *, stamp: str, checkpoint: Path | None, evidence: Sequence[Path]
) -> Summarized:
    """Writes `run-summary.json` into a run.

    Args:
        folder: The run.
        stamp: What it is called.
        checkpoint: The net that was fitted to its rows; that it is not there says that none was.
        evidence: Folders that verifying packs scored by it wrote; the first is the one named. One
            without a report says that verifying did not come to its end.

    Raises:
        InputError: A file is missing or broken.
        StorageError: The disk did not take it.
    """
    run = RunDirectory(folder)
    meta, rows = read_run_meta(run.meta_path), run.rows()
    outputs, now = summary_outputs(rows), iso_utc(datetime.now(UTC))
    path = folder / RUN_SUMMARY_NAME
    before = read_run_summary(path) if path.exists() else None
    is_same = before is not None and before.outputs == outputs
    reports = [_report(place) for place in evidence]
    is_verified = bool(reports) and all(report and report.passed for report in reports)
    summary = RunSummary(
        generated_at=before.generated_at if before and is_same else now,
        stamp=stamp,
        inputs=_inputs(meta),
        env=_env(meta),
        outputs=outputs,
        failure=_failure(meta),
        completed_at=now if reports else None,
        training=_training(checkpoint) if checkpoint and checkpoint.exists() else None,
        verify=_verified(evidence[0], reports[0]) if reports else None,
        gate=SummaryGate(
            passed=is_verified and outputs.ok_rate >= MIN_OK_RATE,
            ok_rate=outputs.ok_rate,
            verify_ok=is_verified,
        )
        if reports
        else None,
    )
    write_run_summary(path, summary)
    packs = [target.pack for target in meta.packs]
    return Summarized(
        summary,
        {pack: summary_outputs([row for row in rows if row.pack == pack]) for pack in packs},
    )


def require_worth_training(summary: RunSummary, min_ok_rate: float) -> None:
    """Refuses a run of which nothing good can be learned.

    Raises:
        NoSamplesError: It measured nothing, or it failed.
        GateError: Too few of its pairs are lit and move.
    """
    outputs = summary.outputs
    if outputs.eval_exit_code or summary.failure is not None:
        why = summary.failure.message if summary.failure else "not one pair was measured"
        raise NoSamplesError("a run that has measured pairs", why, "see vite.log in the run")
    if outputs.ok_rate < min_ok_rate:
        raise GateError(
            f"at least {min_ok_rate:.0%} of the measured pairs to be lit and to move",
            f"{outputs.ok_rate:.1%} of {outputs.total_samples}; {outputs.too_dark_pct:.0%} too "
            f"dark, {outputs.low_motion_pct:.0%} move too little",
            "look at the pack (`aivj report`): it is the presets, not the sampler; choose pairs "
            "with `aivj pairs`",
        )


def _inputs(meta: RunMeta) -> SummaryInputs:
    runtime = meta.runtime
    return SummaryInputs(
        packs=[target.pack for target in meta.packs],
        manifest_file=meta.packs[0].manifest_file,
        motion_min=meta.heuristic.motion_min,
        luma_min=meta.heuristic.luma_min,
        vite_host=urlsplit(meta.url_base).hostname or "",
        vite_port_mode=meta.vite_port_mode,
        gpu_mode=runtime.gpu_mode if runtime else "safe",
        headed=runtime.headed if runtime else False,
        coupled_pick=meta.coupled_pick,
        target_coverage=meta.packs[0].target_coverage,
        max_hours=meta.limits.max_hours,
    )


def _env(meta: RunMeta) -> SummaryEnv:
    renderer = meta.runtime.webgl.renderer if meta.runtime else None
    return SummaryEnv(
        node_version=_node_version(),
        playwright_version=importlib.metadata.version("playwright"),
        webgl_renderer=renderer or "unknown",
        os=platform.system() or "unknown",
    )


def _node_version() -> str:
    node = shutil.which("node")
    if node is None:
        return "unknown"
    try:
        told = subprocess.run(
            [node, "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return told.stdout.strip() or "unknown"


def _failure(meta: RunMeta) -> SummaryFailure | None:
    error = meta.error
    if error is None:
        return None
    return SummaryFailure(code=error.code, message=error.message[:500], last_url=error.last_url)


def _training(checkpoint: Path) -> SummaryTraining:
    config = read_checkpoint(checkpoint).card.config
    return SummaryTraining(
        epochs=config.epochs, batch_size=config.batch_size, lr=config.learning_rate, exit_code=0
    )


def _report(folder: Path) -> VerifyReport | None:
    path = folder / REPORT_NAME
    return validated(VerifyReport, read_object(path), str(path)) if path.exists() else None


def _verified(folder: Path, report: VerifyReport | None) -> SummaryVerify:
    if report is None:
        return SummaryVerify(pack="", exit_code=RunError.exit_code, out_dir=str(folder))
    return SummaryVerify(
        pack=report.pack or "",
        exit_code=0 if report.passed else GateError.exit_code,
        out_dir=str(folder),
    )
