"""What a night leaves to look at: a page for people, a summary for programs, of what is on disk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from aivj.contracts.demo_summary import (
    DemoSummary,
    PairCounts,
    RendererSummary,
    StageSummary,
    write_demo_summary,
)
from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import iso_utc, read_object, validated
from aivj.contracts.night import NightRecord, NightStage
from aivj.contracts.pairs_quality import PairsQuality, read_pairs_quality
from aivj.contracts.verification import VerifyReport
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint
from aivj.coupling.history import FitHistory, read_history
from aivj.packs.provenance import read_provenance
from aivj.pipeline.demo_check import require_true_summary
from aivj.release.pointer import pointer_key, read_pointer
from aivj.report import CheckLine, ReportData, StageLine, write_report
from aivj.report.run import run_data
from aivj.runs.directory import RunDirectory
from aivj.storage import open_bucket

_DIGITS_SHOWN = 12
_FIGURES = ("train_loss", "held_out_loss", "elite_auc", "eval_spearman", "negatives_auc")


@dataclass(frozen=True)
class NightOnDisk:
    """A night of one pack from its first stage to promotion, and where what it left is at hand.

    Attributes:
        record: Its record.
        run: Its run directory.
        checkpoint: The net; what its fit reported lies above it.
        quality: The scores.
        verified: What verifying found.
        elite: The elite list that was made, if one was.
        bucket_uri: Where scores are promoted to.
        tracking_uri: Where the fit is recorded.
        packs_root: The runtime's public folder.
    """

    record: NightRecord
    run: Path
    checkpoint: Path
    quality: Path
    verified: Path
    elite: Path
    bucket_uri: str
    tracking_uri: str
    packs_root: Path

    @property
    def pack(self) -> str:
        """The pack."""
        return self.record.packs[0]


def write_night_report(night: NightOnDisk, page: Path, summary_path: Path) -> DemoSummary:
    """Writes page and summary, and compares the summary with all that it names.

    Args:
        night: The night.
        page: Where the page goes; a page on its pairs may lie beside it.
        summary_path: Where the summary goes.

    Returns:
        The summary.

    Raises:
        GateError: The summary is contradicted by the files and places that it names.
        InputError: A file that a finished night has is missing or broken.
        StorageError: The disk did not take it, or bucket or MLflow do not answer.
    """
    left = _Left(night)
    data = left.report_data()
    artifacts = left.artifacts(page, summary_path)
    write_report(page, replace(data, artifacts=list(artifacts.items())))
    summary = left.summary(data, artifacts)
    write_demo_summary(summary_path, summary)
    require_true_summary(summary)
    return summary


class _Left:
    """What a night left, each file read when it is first asked for."""

    def __init__(self, night: NightOnDisk) -> None:
        self._night = night
        self._run = RunDirectory(night.run)

    @cached_property
    def _rows(self) -> list[EvalRow]:
        return self._run.rows()

    @cached_property
    def _net(self) -> Checkpoint:
        return read_checkpoint(self._night.checkpoint)

    @cached_property
    def _history(self) -> FitHistory:
        return read_history(self._night.checkpoint.parent.parent)

    @cached_property
    def _quality(self) -> PairsQuality:
        return read_pairs_quality(self._night.quality)

    @cached_property
    def _verified(self) -> VerifyReport:
        path = self._night.verified
        return validated(VerifyReport, read_object(path), str(path))

    @cached_property
    def _promoted(self) -> str:
        found = read_pointer(open_bucket(self._night.bucket_uri), pointer_key(self._night.pack))
        return "" if found is None else found[0].digest

    def report_data(self) -> ReportData:
        """Returns what the page shows, but for the places."""
        data = run_data(self._run, packs_root=self._night.packs_root)
        card = self._net.card
        judgement = [] if card.judgement is None else [card.judgement.sentence]
        return replace(
            data,
            title=f"AIVJ {self._night.pack}",
            notices=[*data.notices, *self._notices()],
            stages=[
                StageLine(stage.name, stage.duration_s, stage.result) for stage in self.stages()
            ],
            training=self._history.curve,
            chosen_epoch=self._history.chosen_epoch,
            training_notes=[*judgement, *card.left_out],
            checks=[
                CheckLine(name, check.required, check.ok, check.reason)
                for name, check in self._verified.checks.items()
            ],
            verdict=self._verified.passed,
        )

    def _notices(self) -> Iterator[str]:
        asked = read_provenance(self._night.quality.parent).parameters
        num_asked = asked.get("num", asked.get("numPairs", 0))
        num_pairs = len(self._quality.pairs)
        if isinstance(num_asked, int) and num_pairs < num_asked:
            yield f"Only {num_pairs} of {num_asked} pairs: these presets make no more."
        if self._night.elite.exists():
            yield "Elite labels are weak labels: they come from the presets' own ratings."
        elif not self._net.card.num_rows.get("elite"):
            yield "Without an elite list the net learns from what is measured."

    def stages(self) -> list[StageSummary]:
        """Returns the stages that ran, up to the one that shows them."""
        shown = [
            each for each in self._night.record.stages if each.state in {"done", "done before"}
        ]
        results = self._results()
        return [
            StageSummary(
                name=each.name,
                duration_s=each.took_s or 0.0,
                result=_told(each, results.get(each.name, "")),
            )
            for each in shown
        ]

    def _results(self) -> dict[str, str]:
        """Returns what came of the stages, in a few words each."""
        quality, net = self._quality, self._net.card
        num_ok, num_epochs = sum(row.ok_heuristic for row in self._rows), net.metrics["epoch"]
        drawn = f"{len(quality.pairs)} pairs of {self._num_presets()} presets"
        results = {
            "pairs": drawn,
            "pack": drawn,
            "sample": f"{len(self._rows)} measured ({num_ok} ok), "
            f"{len(self._run.failures())} failed",
            "check": "it keeps every rule for a run",
            "gate": f"{num_ok} of {len(self._rows)} are lit and move",
            "train": f"{sum(net.num_rows.values())} examples, {num_epochs} epochs, "
            f"loss {net.metrics['train_loss']:.3f}",
            "score": f"{len(quality.pairs)} pairs, std {quality.quality_stats.std:.3f}",
            "verify": f"{len(self._verified.checks)} checks {self._verified.verdict}",
            "promote": f"{self._promoted[:_DIGITS_SHOWN]} promoted",
            "summary": "run-summary.json",
        }
        if self._night.elite.exists():
            num_elite = len(read_elite_manifest(self._night.elite).entries)
            results["elite"] = f"{num_elite} pairs, weak labels"
        return results

    def _num_presets(self) -> int:
        pairs = read_provenance(self._night.quality.parent).pairs
        return len({layer.content_hash for pair in pairs for layer in (pair.fg, pair.bg)})

    def artifacts(self, page: Path, summary: Path) -> dict[str, str]:
        """Returns where everything is, by name."""
        night, run = self._night, self._run
        paths = {
            "report": page,
            "summary": summary,
            "pack": night.quality.parent,
            "run": run.path,
            "eval": run.eval_path,
            "eval_table": run.parquet_path,
            "failures": run.failures_path,
            "checkpoint": night.checkpoint,
            "quality": night.quality,
            "verify": night.verified,
        }
        if any(stage.name == "pairs" for stage in night.record.stages):
            paths["pairs"] = page.with_name("pairs.html")
        places = {"bucket": open_bucket(night.bucket_uri).uri, "mlflow": night.tracking_uri}
        return {name: path.as_posix() for name, path in paths.items()} | places

    def summary(self, data: ReportData, artifacts: dict[str, str]) -> DemoSummary:
        """Returns the summary."""
        drawn, net, uplift = self._verified.renderer, self._net.card, self._verified.uplift
        stats = self._quality.quality_stats
        return DemoSummary(
            finished_at=iso_utc(datetime.now(UTC)),
            seed=net.config.seed,
            pack=self._night.pack,
            presets=self._night.record.presets or "",
            renderer=RendererSummary(
                renderer_class=drawn.renderer_class,
                renderer=drawn.renderer,
                profile=drawn.profile,
                chromium_version=drawn.chromium_version,
                is_software=bool(data.is_software),
            ),
            pairs=PairCounts(
                target=data.num_target,
                measured=len(self._rows),
                failed=len(self._run.failures()),
                ok=sum(row.ok_heuristic for row in self._rows),
            ),
            figures={
                "quality_std": stats.std,
                "quality_p50": stats.p50,
                **{name: net.metrics[name] for name in _FIGURES},
                "uplift": None if uplift is None else uplift.mean,
            },
            verified=self._verified.passed,
            promoted_digest=self._promoted,
            mlflow_run_id=self._quality.provenance.run_id or "",
            stages=self.stages(),
            artifacts=artifacts,
        )


def _told(stage: NightStage, result: str) -> str:
    return ", ".join(filter(None, [result, "as before" if stage.state == "done before" else ""]))
