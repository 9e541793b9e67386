"""What a demo leaves to look at: `report.html` for people, `summary.json` for programs."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.demo_summary import (
    DemoSummary,
    PairCounts,
    RendererSummary,
    write_demo_summary,
)
from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_folder import PAGE_NAME
from aivj.contracts.verification import REPORT_NAME
from aivj.pipeline.demo import DemoResult
from aivj.pipeline.demo_check import require_true_summary
from aivj.pipeline.demo_request import PACK
from aivj.pipeline.pairs_report import write_pairs_report
from aivj.report import CheckLine, ReportData, StageLine, write_report
from aivj.report.run import run_data

SUMMARY_NAME = "summary.json"
PAIRS_PAGE_NAME = "pairs.html"


def write_demo_report(result: DemoResult) -> DemoSummary:
    """Writes both files into the demo's folder, and the page on pairs that were chosen.

    Returns:
        The summary.

    Raises:
        GateError: The summary is contradicted by the files and places that it names.
    """
    artifacts = _artifacts(result)
    now = datetime.now(UTC)
    if result.chosen is not None:
        write_pairs_report(Path(artifacts["pairs"]), result.chosen.asked, result.chosen.pack)
    write_report(result.request.folder / PAGE_NAME, _report_data(result, artifacts))
    summary = _summary(result, artifacts, now)
    write_demo_summary(result.request.folder / SUMMARY_NAME, summary)
    require_true_summary(summary)
    return summary


def _artifacts(result: DemoResult) -> dict[str, str]:
    request, run = result.request, result.sampled.directory
    paths = {
        "report": request.folder / PAGE_NAME,
        "summary": request.folder / SUMMARY_NAME,
        "pack": result.pack.folder,
        "run": run.path,
        "eval": run.eval_path,
        "eval_table": run.parquet_path,
        "failures": run.failures_path,
        "checkpoint": result.trained.checkpoint_path,
        "quality": result.quality_path,
        "verify": request.folder / "verify" / REPORT_NAME,
    }
    if result.chosen is not None:
        paths["pairs"] = request.folder / PAIRS_PAGE_NAME
    places = {"bucket": result.promotion.bucket_uri, "mlflow": request.tracking_uri}
    return {name: path.as_posix() for name, path in paths.items()} | places


def _report_data(result: DemoResult, artifacts: dict[str, str]) -> ReportData:
    return replace(
        run_data(result.sampled.directory, packs_root=result.request.packs_root),
        title="AIVJ demo",
        notices=result.notices,
        stages=[StageLine(s.name, s.duration_s, s.result) for s in result.stages],
        training=[asdict(metrics) for metrics in result.trained.curve],
        chosen_epoch=result.trained.chosen_epoch,
        training_notes=[result.trained.judgement.sentence, *result.trained.notes],
        checks=[
            CheckLine(name, check.required, check.ok, check.reason)
            for name, check in result.verified.checks.items()
        ],
        verdict=result.verified.passed,
        artifacts=list(artifacts.items()),
    )


def _summary(result: DemoResult, artifacts: dict[str, str], now: datetime) -> DemoSummary:
    choice, sampled = result.choice, result.sampled
    stats, last, uplift = (
        result.quality.quality_stats,
        result.trained.history[-1],
        result.verified.uplift,
    )
    return DemoSummary(
        finished_at=iso_utc(now),
        seed=result.request.seed,
        pack=PACK,
        presets=result.request.presets.as_posix(),
        renderer=RendererSummary(
            renderer_class=choice.report.renderer_class,
            renderer=choice.report.renderer,
            profile=choice.plan.profile,
            chromium_version=choice.report.chromium_version,
            is_software=choice.report.is_software,
        ),
        pairs=PairCounts(
            target=sampled.num_target,
            measured=sampled.num_rows,
            failed=sampled.num_failures,
            ok=sum(row.ok_heuristic for row in sampled.directory.rows()),
        ),
        figures={
            "quality_std": stats.std,
            "quality_p50": stats.p50,
            "train_loss": last.train_loss,
            "held_out_loss": last.held_out_loss,
            "elite_auc": last.elite_auc,
            "eval_spearman": last.eval_spearman,
            "negatives_auc": last.negatives_auc,
            "uplift": uplift.mean if uplift else None,
        },
        verified=result.verified.passed,
        promoted_digest=result.promotion.pointer.digest,
        mlflow_run_id=result.run_id,
        stages=list(result.stages),
        artifacts=artifacts,
    )
