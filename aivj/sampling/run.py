"""Samples packs: every pair rendered and measured, resumable at any moment."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from aivj.audio.clip import require_sound
from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice
from aivj.contracts.run_meta import PackProgress, WebGl
from aivj.errors import ItemError, NoSamplesError
from aivj.executor.protocol import (
    Event,
    Executor,
    Outcome,
    WorkerOpened,
    WorkerReplaced,
    WorkPolicy,
)
from aivj.sampling.clock import Clock
from aivj.sampling.jobs import Convert, prepared_jobs
from aivj.sampling.packs import SamplePack, read_packs, refuse_other_run
from aivj.sampling.picking import Pick
from aivj.sampling.progress import ProgressMeter, SampleProgress
from aivj.sampling.request import SampleRequest
from aivj.sampling.rows import Loudness, RowWriter, failure_row
from aivj.sampling.run_description import describe_run
from aivj.sampling.run_directory import RunDirectory, RunLogs
from aivj.sampling.run_log import RunLog
from aivj.sampling.run_record import RunRecord, error_code
from aivj.sampling.summary import SampleSummary, num_done
from aivj.sampling.table import write_table
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan, planar_clip

NOTE_EVERY_PICKS = 50
POLICY = WorkPolicy()
Undrawable = Mapping[tuple[str, int], ItemError]
NO_PAIRS: Undrawable = {}


def sample(
    request: SampleRequest,
    *,
    executor: Executor,
    convert: Convert,
    playlist: Playlist,
    choice: RendererChoice,
    undrawable: Undrawable = NO_PAIRS,
    on_progress: Callable[[SampleProgress], None] = lambda _: None,
    clock: Clock = Clock(),  # noqa: B008 - frozen
) -> SampleSummary:
    """Renders and measures the pairs of packs into a run directory.

    Args:
        request: What to sample.
        executor: Runs the browsers.
        convert: Converts a preset's bytes.
        playlist: The music; every pair hears the beginning of its clip.
        choice: The proved renderer.
        undrawable: Pairs of which `aivj.sampling.screening` knows that they cannot be drawn: they
            are failures before anything is rendered.
        on_progress: Called after each pair.
        clock: The time.

    Raises:
        InputError: A manifest cannot be used, a clip is silent, or the directory holds a run
            that `request` does not fit.
        RunError: Another process writes the run, workers fail their self-test or die as fast as
            they are replaced, or no pair of a pack could be measured at all.
        StorageError: The disk is full; all rows before are whole.
    """
    packs = require_usable(request, playlist)
    directory = RunDirectory(request.out_dir)
    with directory.locked(), contextlib.ExitStack() as exit_stack:
        fresh = describe_run(request, packs, playlist, choice, clock)
        record = RunRecord.open(fresh, directory, clock)
        if request.retry_failed:
            directory.forget_failures_that_may_heal()
        logs, log = RunLogs(directory), RunLog(directory.log_path)
        exit_stack.callback(logs.close)
        exit_stack.callback(log.close)
        run = _Run(request, packs, playlist, choice, logs, log, record, on_progress, clock)
        with run.failing():
            for (pack, pair), error in undrawable.items():
                run.note_undrawable(pack, pair, error)
            run.sample(executor, convert)
        write_table(directory.rows(), directory.parquet_path)
        record.finish()
    return SampleSummary(
        directory, logs.num_rows, logs.num_failures, run.num_target, run.is_complete
    )


def require_usable(request: SampleRequest, playlist: Playlist) -> tuple[SamplePack, ...]:
    """Checks what can be checked before a browser is started, and returns the packs.

    Raises:
        InputError: A manifest cannot be used, a clip is silent, or there is a run already that
            is not to be resumed, or was made of other packs.
    """
    for clip in playlist.clips:
        require_sound(clip)
    packs = read_packs(request)
    refuse_other_run(request, packs)
    return packs


class _Run:
    """One call of `sample`, from the first pick to the last row."""

    def __init__(
        self,
        request: SampleRequest,
        packs: tuple[SamplePack, ...],
        playlist: Playlist,
        choice: RendererChoice,
        logs: RunLogs,
        log: RunLog,
        record: RunRecord,
        on_progress: Callable[[SampleProgress], None],
        clock: Clock,
    ) -> None:
        self._request = request
        self._packs = {pack.name: pack for pack in packs}
        self._playlist = playlist
        self._choice = choice
        self._logs = logs
        self._log = log
        self._record = record
        self._on_progress = on_progress
        self._clock = clock
        self._pack = packs[0].name
        self._deadline_s = clock.monotonic_s() + request.effective_max_hours * 3600
        loudness = [Loudness.of(clip, request.settings) for clip in playlist.clips]
        self._rows = RowWriter(request, choice.report, loudness)
        self.num_target = sum(pack.num_target for pack in packs)
        self._meter = ProgressMeter(sum(map(self._num_done, packs)), self.num_target)

    @property
    def is_complete(self) -> bool:
        """Whether every pack has come to its target."""
        return all(self._num_done(pack) >= pack.num_target for pack in self._packs.values())

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Writes an error that ends the block into log and record, and lets it go on."""
        with self._record.failing(lambda: self._pack):
            try:
                yield
            except BaseException as error:
                with contextlib.suppress(Exception):
                    self._log.fatal(error_code(error), str(error) or type(error).__name__)
                raise

    def note_undrawable(self, pack: str, pair: int, error: ItemError) -> None:
        """Writes a pair that nobody needs to try to draw."""
        self._add_failure(pack, pair, 0, error, num_attempts=1)

    def sample(self, executor: Executor, convert: Convert) -> None:
        if self._logs.num_lines:
            visited = {
                name: (self._logs.num_rows_of(name), len(self._logs.visits(name)))
                for name in self._packs
            }
            self._log.resumed(self._logs.num_lines, visited)
        if not self.is_complete:
            self._render(executor, convert)
        for pack in self._packs.values():
            self._end_pack(pack)

    def _render(self, executor: Executor, convert: Convert) -> None:
        make_worker = partial(PairWorker, self._plan())
        with contextlib.closing(
            executor.run(make_worker, self._jobs(convert), policy=POLICY, on_event=self._on_event)
        ) as outcomes:
            for outcome in outcomes:
                self._write(outcome)
                self._report(outcome.item.pack)

    def _jobs(self, convert: Convert) -> Iterator[PairJob]:
        """Yields the jobs of all packs, one pack after the other, until the time is over."""
        for pack in self._packs.values():
            if self._is_out_of_time():
                return
            self._pack = pack.name
            self._log.pack_begins(pack.name, pack.manifest_path.name, len(pack.ids))
            self._note_proof(pack.name)
            picks = self._in_time(pack.remaining(self._request, self._logs.visits(pack.name)))
            yield from prepared_jobs(
                pack,
                (pick for pick in picks if not self._logs.has_failed(pack.name, pick.pair)),
                self._request.packs_root,
                convert,
                num_clips=len(self._playlist.clips),
                on_failure=self.note_undrawable,
            )

    def _in_time(self, picks: Iterator[Pick]) -> Iterator[Pick]:
        for pick in picks:
            if self._is_out_of_time():
                self._log.out_of_time(self._request.effective_max_hours)
                return
            yield pick

    def _plan(self) -> PairWorkerPlan:
        settings = self._request.settings
        clips = enumerate(self._playlist.clips)
        return PairWorkerPlan(
            launch=self._choice.plan,
            policy=self._choice.policy,
            expected=self._choice.report,
            settings=settings,
            clips={str(number): planar_clip(clip, settings) for number, clip in clips},
            thumbnails=self._request.thumbnails,
            reload_every=self._request.reload_every,
        )

    def _note_proof(self, pack: str) -> None:
        """Writes what the first worker's self-test proved before the first row of a pack.

        Jobs are asked for only when a worker is free, so that one has passed its self-test.
        """
        self._record.loop_started()
        report, first = self._choice.report, self._rows.loudness[0]
        webgl = WebGl(ok=True, vendor=report.vendor, renderer=report.renderer)
        mode = "click" if first.name == "click" else "file"
        levels = f"lastAudioRms={first.rms:.6f} lastAudioPeak={first.peak:.6f}"
        audio = f"audio:{mode} ok=1 muted=1 {levels}"
        self._log.proved(pack, webgl.model_dump(by_alias=True, exclude_none=True), audio)

    def _on_event(self, event: Event[PairJob]) -> None:
        match event:
            case WorkerOpened():
                self._record.opened()
                self._meter.opened(self._clock.monotonic_s())
            case WorkerReplaced(_, kind, reason):
                self._meter.replaced()
                num_restarts = self._record.restarted()
                self._log.restarted(
                    self._pack, num_restarts, POLICY.max_losses_in_a_row, kind, reason
                )

    def _write(self, outcome: Outcome[PairJob, PairResult]) -> None:
        job = outcome.item
        if outcome.error is not None:
            self._add_failure(
                job.pack, job.pair, job.iteration, outcome.error, outcome.num_attempts
            )
        elif outcome.result is not None:
            pack = self._packs[job.pack]
            pair, quality01 = pack.pairs[job.pair], pack.quality01.get(job.pair)
            row = self._rows.row(job, pair, outcome.result, self._clock.now_ms(), quality01)
            self._logs.add_row(row, outcome.result.thumbnail)
            self._meter.measured(row, self._clock.monotonic_s())

    def _add_failure(
        self, pack: str, pair: int, iteration: int, error: ItemError, num_attempts: int
    ) -> None:
        if self._logs.has_failed(pack, pair):
            return
        self._logs.add_failure(failure_row(pack, pair, error, num_attempts, self._clock.now_ms()))
        self._log.failed(pack, iteration, f"{error.kind}: {error}")
        self._meter.failed(error.kind, self._clock.monotonic_s())

    def _report(self, pack: str) -> None:
        progress = self._meter.look(self._clock.monotonic_s())
        if progress.num_done % NOTE_EVERY_PICKS == 0:
            entry = self._entry(self._packs[pack], elapsed_min=round(self._record.elapsed_min, 2))
            self._record.progress(pack, entry)
            self._log.progress(pack, entry)
        self._on_progress(progress)

    def _end_pack(self, pack: SamplePack) -> None:
        by_samples = pack.target.num_samples is not None
        entry = self._entry(
            pack,
            target_mode="samples" if by_samples else "coverage",
            done=self._num_done(pack) >= pack.num_target,
        )
        self._record.progress(pack.name, entry)
        self._log.pack_ends(pack.name, entry)
        if not entry.visited and self._is_out_of_time():
            return
        if pack.num_target and not self._logs.num_rows_of(pack.name):
            raise NoSamplesError(
                f"at least one measured pair of {pack.name}",
                f"{entry.visited} failures and no measurement",
                "read failures.jsonl for the reasons",
            )

    def _entry(self, pack: SamplePack, **details: object) -> PackProgress:
        visits = self._logs.visits(pack.name)
        entry = PackProgress(iter=sum(visits.values()), visited=len(visits), target=pack.num_target)
        return entry.model_copy(update=details)

    def _is_out_of_time(self) -> bool:
        return self._clock.monotonic_s() >= self._deadline_s

    def _num_done(self, pack: SamplePack) -> int:
        return num_done(pack, self._logs.visits(pack.name).values())
