"""Samples a pack: every pair rendered and measured once, resumable at any moment."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from aivj.audio.clip import AudioClip, require_sound
from aivj.audio.levels import rms_peak
from aivj.audio.samples import time_bytes
from aivj.browser.choice import RendererChoice
from aivj.contracts.eval_rows import EvalRow, ok_heuristic
from aivj.contracts.failures import FailureRow
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
)
from aivj.errors import RunError, WorkerLostError
from aivj.executor.protocol import Executor, Outcome
from aivj.sampling.jobs import Convert, JobList, prepare_jobs
from aivj.sampling.order import num_to_cover, remaining, shuffled
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory, RunLogs
from aivj.sampling.run_record import RunRecord
from aivj.sampling.table import write_table
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan

SAMPLE_RATE_HZ = 44_100
META_EVERY_PAIRS = 50


@dataclass(frozen=True)
class SampleProgress:
    """How far a run has come: `phase` is `indexing` or `sampling`."""

    phase: str
    num_done: int
    num_target: int
    num_failures: int


@dataclass(frozen=True)
class SampleSummary:
    """What a run ended with: pairs in the rows, pairs in the failures, pairs aimed at."""

    directory: RunDirectory
    num_rows: int
    num_failures: int
    num_target: int


def sample(
    request: SampleRequest,
    *,
    executor: Executor,
    convert: Convert,
    clip: AudioClip,
    choice: RendererChoice,
    on_progress: Callable[[SampleProgress], None] = lambda _: None,
) -> SampleSummary:
    """Renders and measures the pairs of a pack into a run directory.

    Args:
        request: What to sample.
        executor: Runs the browsers.
        convert: Converts a preset's bytes.
        clip: The music; every pair hears its beginning.
        choice: The proved renderer.
        on_progress: Called after each pair.

    Raises:
        InputError: The manifest cannot be used, the clip is silent, or the directory holds a run
            that `request` does not fit.
        RunError: Another process writes the run, or no pair could be measured at all.
        StorageError: The disk is full; all rows before are whole.
    """
    manifest = require_usable(request, clip)
    directory = RunDirectory(request.out_dir)
    with directory.locked(), contextlib.ExitStack() as exit_stack:
        record = RunRecord.open(request, directory, manifest, clip, choice)
        logs = RunLogs(directory)
        exit_stack.callback(logs.close)
        run = _Run(request, manifest, clip, choice, logs, record, on_progress)
        with record.failing():
            run.sample(executor, convert)
            if not directory.rows():
                raise RunError(
                    "at least one measured pair",
                    f"{logs.num_failures} failures and no measurement",
                    f"read {directory.failures_path} for the reasons",
                )
        write_table(directory.rows(), directory.parquet_path)
        record.finish(len(logs.done))
    return SampleSummary(directory, len(directory.rows()), logs.num_failures, run.num_target)


def require_usable(request: SampleRequest, clip: AudioClip) -> PairsManifest:
    """Checks what can be checked before a browser is started, and returns the pack's manifest.

    Raises:
        InputError: The manifest cannot be used, the clip is silent, or there is a run already.
    """
    require_sound(clip)
    require_pack_name(request.pack)
    manifest_path = request.packs_root / "presets" / request.pack / PAIRS_MANIFEST_NAME
    manifest = read_pairs_manifest(manifest_path, pack=request.pack)
    if not request.resume:
        RunDirectory(request.out_dir).refuse_used()
    return manifest


@dataclass
class _Run:
    """One call of `sample`, from the first job to the last row."""

    request: SampleRequest
    manifest: PairsManifest
    clip: AudioClip
    choice: RendererChoice
    logs: RunLogs
    record: RunRecord
    on_progress: Callable[[SampleProgress], None]

    def __post_init__(self) -> None:
        self._pairs = {pair.pair: pair for pair in self.manifest.pairs}
        self.num_target = num_to_cover(len(self._pairs), self.request.target_coverage)
        settings = self.request.settings
        self._audio_rms, self._audio_peak = rms_peak(
            self.clip,
            settings.warmup_frames / settings.frames_per_s,
            settings.measure_frames / settings.frames_per_s,
        )

    def sample(self, executor: Executor, convert: Convert) -> None:
        order = shuffled(list(self._pairs), self.request.settings.seed)
        todo = remaining(order, self.logs.done, self.num_target)
        jobs = self._prepare(todo, convert)
        for pair, path in jobs.missing.items():
            self._add_failure(pair, "missing-preset", 1, f"expected a preset at {path}")
        make_worker = partial(PairWorker, self._plan())
        with contextlib.closing(executor.run(make_worker, jobs.jobs)) as outcomes:
            for outcome in outcomes:
                self._write(outcome, jobs)
                self._report("sampling")

    def _prepare(self, todo: list[int], convert: Convert) -> JobList:
        indexed = 0

        def on_pair() -> None:
            nonlocal indexed
            indexed += 1
            self.on_progress(SampleProgress("indexing", indexed, len(todo), 0))

        pairs = [self._pairs[pair] for pair in todo]
        return prepare_jobs(self.request.pack, pairs, self.request.packs_root, convert, on_pair)

    def _plan(self) -> PairWorkerPlan:
        settings = self.request.settings
        return PairWorkerPlan(
            launch=self.choice.plan,
            policy=self.choice.policy,
            expected=self.choice.report,
            settings=settings,
            clips={"0": time_bytes(self.clip, round(settings.duration_s * SAMPLE_RATE_HZ))},
            thumbnails=self.request.thumbnails,
        )

    def _write(self, outcome: Outcome[PairJob, PairResult], jobs: JobList) -> None:
        pair = outcome.item.pair
        if outcome.result is not None:
            row = self._row(pair, outcome.result, jobs.degraded.get(pair))
            self.logs.add_row(row, outcome.result.thumbnail)
            return
        error = outcome.error
        assert error is not None  # noqa: S101 - an outcome has one or the other
        quarantined = isinstance(error, WorkerLostError)
        self._add_failure(pair, error.kind, outcome.num_attempts, str(error), quarantined)

    def _row(self, pair: int, result: PairResult, degraded: list[str] | None) -> EvalRow:
        request, measurement = self.request, result.measurement
        ok, reasons = ok_heuristic(
            measurement.viz_avg_luma,
            measurement.viz_avg_frame_delta,
            result.num_page_errors,
            result.num_console_errors,
            luma_min=request.luma_min,
            motion_min=request.motion_min,
        )
        return EvalRow(
            t_ms=time.time_ns() // 1_000_000,
            pack=request.pack,
            pair=pair,
            warp_diff=self._pairs[pair].warp_diff,
            cx_diff=self._pairs[pair].cx_diff,
            preset_fg_id=f"coupled:{request.pack}:{pair}:fg",
            preset_bg_id=f"coupled:{request.pack}:{pair}:bg",
            audio_rms=self._audio_rms,
            audio_peak=self._audio_peak,
            page_errors_since_last=result.num_page_errors,
            console_errors_since_last=result.num_console_errors,
            ok_heuristic=ok,
            reasons=reasons,
            driver="stage",
            renderer_class=self.choice.report.renderer_class,
            seed=request.settings.seed,
            degraded=degraded,
            render_ms_per_frame=result.render_ms_per_frame,
            **asdict(measurement),
        )

    def _add_failure(
        self, pair: int, kind: str, num_attempts: int, message: str, quarantined: bool = False
    ) -> None:
        row = FailureRow(
            t_ms=time.time_ns() // 1_000_000,
            pack=self.request.pack,
            pair=pair,
            kind=kind,
            num_attempts=num_attempts,
            message=message,
            quarantined=quarantined,
        )
        self.logs.add_failure(row)

    def _report(self, phase: str) -> None:
        num_done = len(self.logs.done)
        if num_done % META_EVERY_PAIRS == 0:
            self.record.progress(num_done)
        self.on_progress(SampleProgress(phase, num_done, self.num_target, self.logs.num_failures))
