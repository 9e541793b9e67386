"""The whole loop on real presets: draw, render, learn, score, check, promote, show.

Called again it does only what is missing: pairs that are measured stay measured as long as pack,
seed, browser and renderer are the same.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aivj.browser.choice import RendererChoice
from aivj.contracts.demo_summary import StageSummary
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PairsQuality
from aivj.contracts.verification import REPORT_NAME, VerifyReport
from aivj.coupling.config import FitConfig
from aivj.coupling.device import choose_device
from aivj.doctor import examine
from aivj.errors import GateError
from aivj.gate.request import VerifyRequest
from aivj.gate.run_check import check_run
from aivj.packs.pairing import DrawnPack
from aivj.pipeline.demo_drawing import (
    ChosenPairs,
    choose_pairs,
    draw_pack,
    draw_presets,
    draw_weak_elite,
)
from aivj.pipeline.demo_request import PACK, DemoRequest
from aivj.pipeline.releasing import publish
from aivj.pipeline.rendering import run_sampling
from aivj.pipeline.requests import LabelRequest, ScoreRequest, TrainRequest
from aivj.pipeline.scoring import score
from aivj.pipeline.training import TrainOutcome, train
from aivj.pipeline.verification import verify
from aivj.release.origin import origin_tags
from aivj.release.promotion import Promotion
from aivj.release.tracking import TrackedRun, Tracker
from aivj.runs.open_run import SampleSummary
from aivj.runs.progress import SampleProgress
from aivj.sampling.request import SampleRequest
from aivj.storage import open_bucket, sha256_hex
from aivj.takes.settings import RenderSettings

_IDENTITY_LENGTH = 12


@dataclass(frozen=True)
class DemoResult:
    """What a demo made, for its report and summary."""

    request: DemoRequest
    choice: RendererChoice
    pack: DrawnPack
    chosen: ChosenPairs | None
    sampled: SampleSummary
    trained: TrainOutcome
    quality: PairsQuality
    quality_path: Path
    verified: VerifyReport
    promotion: Promotion
    run_id: str
    stages: tuple[StageSummary, ...]
    notices: tuple[str, ...]


class Listener(Protocol):
    """What the demo tells as it goes."""

    def begin(self, stage: str) -> None:
        """A stage begins."""

    def progress(self, num_done: int, num_total: int) -> None:
        """The stage has come so far."""

    def notice(self, text: str) -> None:
        """Something the user must know."""

    def end(self, stage: StageSummary) -> None:
        """The stage has ended."""


def run_demo(request: DemoRequest, listener: Listener) -> DemoResult:
    """Runs the whole loop. Raises what its stages raise; a later call goes on from there."""
    return _Demo(request, listener).run()


class _Demo:
    """One call of `run_demo`; each stage notes its duration and result."""

    def __init__(self, request: DemoRequest, listener: Listener) -> None:
        self._request = request
        self._listener = listener
        self._stages: list[StageSummary] = []
        self._notices: list[str] = []
        self._chosen: ChosenPairs | None = None

    def run(self) -> DemoResult:
        request = self._request
        choice = self._examine()
        num_workers = request.num_workers(choice.report.is_software)
        pack = self._draw(choice) if request.pairing == "random" else self._choose(choice)
        elite_dir = draw_weak_elite(request, self._notice)
        tracker = Tracker(request.tracking_uri, origin=origin_tags("demo", request.command))
        tags = {"pack": PACK, "renderer_class": choice.report.renderer_class}
        with tracker.start("demo", params={}, tags=tags) as run:
            sampled = self._sample(choice, num_workers, pack)
            self._check(sampled)
            trained = self._train(sampled, elite_dir, run)
            quality, quality_path = self._score(trained, run)
            verified = self._verify(choice, run)
            promotion = self._promote(quality_path, tracker)
        return DemoResult(
            request=request,
            choice=choice,
            pack=pack,
            chosen=self._chosen,
            sampled=sampled,
            trained=trained,
            quality=quality,
            quality_path=quality_path,
            verified=verified,
            promotion=promotion,
            run_id=run.run_id,
            stages=tuple(self._stages),
            notices=tuple(self._notices),
        )

    def _examine(self) -> RendererChoice:
        with self._stage("doctor") as note:
            choice = examine(self._request.home, self._request.gpu).require_health()
            if choice.report.is_software:
                self._notice(
                    f"No GPU was proved, so this CPU renders ({choice.report.renderer}): fine for "
                    "a look, not for a night."
                )
            note(choice.report.renderer)
        return choice

    def _draw(self, choice: RendererChoice) -> DrawnPack:
        with self._stage("pack") as note:
            drawn, told = draw_pack(
                self._request, choice, on_progress=self._listener.progress, notice=self._notice
            )
            note(told)
        return drawn

    def _choose(self, choice: RendererChoice) -> DrawnPack:
        with self._stage("draw") as note:
            drawn, told = draw_presets(self._request, choice, on_progress=self._listener.progress)
            note(told)
        with self._stage("pack") as note:
            self._chosen, told = choose_pairs(
                self._request,
                drawn,
                on_progress=self._listener.progress,
                notice=self._notice,
            )
            note(told)
        return self._chosen.pack.drawn

    def _sample(self, choice: RendererChoice, num_workers: int, pack: DrawnPack) -> SampleSummary:
        request = self._request
        sample_request = SampleRequest(
            packs=(PACK,),
            packs_root=request.packs_root,
            out_dir=self._run_directory(choice, pack),
            seed=request.seed,
            target_coverage=1.0,
            resume=True,
        )

        def on_progress(now: SampleProgress) -> None:
            self._listener.progress(now.num_done, now.num_target)

        with self._stage("sample") as note:
            sampled = run_sampling(
                sample_request,
                options=request.render_options,
                choice=choice,
                playlist=request.playlist,
                num_workers=num_workers,
                conversion_cache=request.conversion_cache,
                on_progress=on_progress,
            )
            num_ok = sum(row.ok_heuristic for row in sampled.directory.rows())
            note(
                f"{sampled.num_rows} measured ({num_ok} ok), {sampled.num_failures} failed; "
                f"{sampled.num_known} of {sampled.num_presets} presets drawn before"
            )
        return sampled

    def _check(self, sampled: SampleSummary) -> None:
        """Refuses to go on with a run that contradicts itself, such as by its pictures."""
        with self._stage("check") as note:
            report = check_run(sampled.directory.path, packs_root=self._request.packs_root)
            if not report.passed:
                raise GateError(
                    f"every check of {sampled.directory.path} to pass",
                    "; ".join(f"{name}: {found}" for name, found in report.failed_checks.items()),
                    "say --fresh to measure the pairs again",
                )
            note(f"{len(report.checks)} checks passed")

    def _run_directory(self, choice: RendererChoice, pack: DrawnPack) -> Path:
        """Names the run after all that its measurements depend on, so that it can go on."""
        manifest = (pack.folder / PAIRS_MANIFEST_NAME).read_bytes()
        identity = sha256_hex(manifest + repr((choice.plan, choice.report)).encode())
        name = f"demo-{self._request.seed}-{identity[:_IDENTITY_LENGTH]}"
        if self._request.fresh:
            name += f"-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        return self._request.home / "artifacts" / "coupled-eval" / name

    def _train(
        self, sampled: SampleSummary, elite_dir: Path | None, run: TrackedRun
    ) -> TrainOutcome:
        request = self._request
        with self._stage("train") as note:
            labels = LabelRequest(
                packs=[PACK],
                packs_root=request.packs_root,
                feature_store=request.feature_store,
                eval_paths=[sampled.directory.eval_path],
                elite_dir=elite_dir,
            )
            train_request = TrainRequest(
                labels=labels,
                output_dir=request.folder / "coupling",
                config=FitConfig(seed=request.seed),
                allow_cpu=True,
                num_workers=_num_fit_workers(),
            )
            epochs = train_request.config.epochs
            trained = train(
                train_request, run, lambda now: self._listener.progress(now.epoch, epochs)
            )
            if trained.on_cpu:
                self._notice(f"Training: {trained.device}.")
            last = trained.history[-1]
            trained_for = f"{last.epoch} epoch{'' if last.epoch == 1 else 's'}"
            note(f"{trained.num_rows} examples, {trained_for}, loss {last.train_loss:.3f}")
        return trained

    def _score(self, trained: TrainOutcome, run: TrackedRun) -> tuple[PairsQuality, Path]:
        with self._stage("score") as note:
            ((quality, path),) = score(
                ScoreRequest(
                    checkpoint_path=trained.checkpoint_path,
                    packs=[PACK],
                    packs_root=self._request.packs_root,
                    feature_store=self._request.feature_store,
                    takes_uri=self._request.takes_uri,
                    run_id=run.run_id,
                )
            )
            stats = quality.quality_stats
            run.log_metrics(0, {"quality_std": stats.std, "quality_p50": stats.p50})
            run.log_artifact(path, "quality")
            note(f"{len(quality.pairs)} pairs, std {stats.std:.3f}")
        return quality, path

    def _verify(self, choice: RendererChoice, run: TrackedRun) -> VerifyReport:
        folder, settings = self._request.folder / "verify", RenderSettings()
        # As small as pairs were measured, since a CPU may have to draw it.
        verify_request = VerifyRequest(
            PACK,
            features=False,
            seed=self._request.seed,
            size=(settings.width, settings.height),
            viewport=(640, 360),
            device_scale_factor=1.0,
        )
        with self._stage("verify") as note:
            report = verify(
                verify_request,
                packs_root=self._request.packs_root,
                conversion_cache=self._request.conversion_cache,
                choice=choice,
                out_dir=folder,
            ).report
            run.log_artifact(folder / REPORT_NAME, "verify")
            if not report.passed:
                raise GateError(
                    "every required check of the player to pass",
                    "; ".join(f"{name}: {why}" for name, why in report.failed_checks.items()),
                    f"look at the evidence in {folder}",
                )
            note(f"{len(report.checks)} checks {report.verdict}")
        return report

    def _promote(self, quality_path: Path, tracker: Tracker) -> Promotion:
        with self._stage("promote") as note:
            promotion = publish(
                pack=PACK,
                bucket=open_bucket(self._request.bucket_uri),
                quality_path=quality_path,
                evidence_dir=self._request.folder / "verify",
                tracker=tracker,
            )
            done = "promoted" if promotion.changed else "promoted already"
            note(f"{promotion.pointer.digest[:_IDENTITY_LENGTH]} {done}")
        return promotion

    @contextlib.contextmanager
    def _stage(self, name: str) -> Iterator[Callable[[str], None]]:
        """Times a stage; the block calls what it is given with the stage's result."""
        self._listener.begin(name)
        started = time.monotonic()
        results: list[str] = []
        yield results.append
        took_s = round(time.monotonic() - started, 3)
        stage = StageSummary(name=name, duration_s=took_s, result=results[-1])
        self._stages.append(stage)
        self._listener.end(stage)

    def _notice(self, text: str) -> None:
        self._notices.append(text)
        self._listener.notice(text)


def _num_fit_workers() -> int:
    """Returns how many workers of Ray Train fit: one on CUDA; none on a CPU, which fits here."""
    return int(choose_device(allow_cpu=True).device.type == "cuda")
