"""Samples packs: every pair rendered and measured, resumable at any moment."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from aivj.audio.levels import require_sound
from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice
from aivj.contracts.run_meta import WebGl, read_run_meta
from aivj.errors import ItemError
from aivj.executor.protocol import (
    Event,
    Executor,
    Outcome,
    WorkerOpened,
    WorkerReplaced,
    WorkPolicy,
)
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.log import RunLog
from aivj.runs.open_run import OpenRun, SampleSummary, open_run
from aivj.runs.progress import SampleProgress
from aivj.runs.resume import refuse_other_options
from aivj.sampling.jobs import Convert, prepared_jobs
from aivj.sampling.new_record import asked_again, new_stage_record
from aivj.sampling.packs import SamplePack, usable_packs
from aivj.sampling.picking import Pick
from aivj.sampling.request import SampleRequest
from aivj.sampling.rows import Loudness, RowWriter
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan, planar_clip

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
        undrawable: Pairs of which `aivj.sampling.jobs.undrawable` knows that they cannot be drawn:
            they are failures before anything is rendered.
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
    with open_run(
        new_stage_record(request, packs, playlist, choice, clock),
        RunDirectory(request.out_dir),
        RunLog,
        retry_failed=request.retry_failed,
        on_progress=on_progress,
        clock=clock,
    ) as opened:
        run = _Run(request, packs, playlist, choice, opened)
        for (pack, pair), error in undrawable.items():
            run.note_undrawable(pack, pair, error)
        run.sample(executor, convert)
    return SampleSummary.of(opened.tally)


def require_usable(request: SampleRequest, playlist: Playlist) -> tuple[SamplePack, ...]:
    """Checks what can be checked before a browser is started, and returns the packs.

    Raises:
        InputError: A manifest cannot be used, a clip is silent, or there is a run already that
            is not to be resumed, or was made of other packs.
    """
    for clip in playlist.clips:
        require_sound(clip)
    return usable_packs(request)


def finished_before(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    playlist: Playlist,
    *,
    require_gpu: bool,
) -> SampleSummary | None:
    """Returns how a run ended that has nothing left to do; None if a browser is needed.

    Raises:
        InputError: It was asked for something else than `request` asks.
    """
    directory = RunDirectory(request.out_dir)
    if not (request.resume and directory.meta_path.exists() and directory.parquet_path.exists()):
        return None
    earlier = read_run_meta(directory.meta_path)
    has_ended = earlier.finished_at is not None and earlier.error is None
    if not has_ended or earlier.runtime is None or earlier.runtime.require_gpu != require_gpu:
        return None
    refuse_other_options(earlier, asked_again(earlier, request, packs, playlist), directory.path)
    if request.retry_failed and directory.has_failures_that_may_heal:
        return None
    visits = directory.visits()
    for pack in packs:
        own = [num for (name, _), num in visits.items() if name == pack.name]
        num_done = len(own) if pack.target.num_samples is None else sum(own)
        if num_done < pack.num_target:
            return None
    return SampleSummary(
        directory,
        len(directory.rows()),
        len(directory.failures()),
        num_target=sum(pack.num_target for pack in packs),
        is_complete=True,
    )


class _Run:
    """One call of `sample`, from the first pick to the last row."""

    def __init__(
        self,
        request: SampleRequest,
        packs: tuple[SamplePack, ...],
        playlist: Playlist,
        choice: RendererChoice,
        opened: OpenRun[RunLog],
    ) -> None:
        self._request = request
        self._packs = {pack.name: pack for pack in packs}
        self._playlist = playlist
        self._choice = choice
        self._tally = opened.tally
        self._log = opened.log
        self._record = opened.record
        self._clock = opened.clock
        loudness = [Loudness.of(clip, request.settings) for clip in playlist.clips]
        self._rows = RowWriter(request, choice.report, loudness)

    def note_undrawable(self, pack: str, pair: int, error: ItemError) -> None:
        """Writes a pair that nobody needs to try to draw."""
        self._tally.add_failure(pack, pair, error, iteration=0)

    def sample(self, executor: Executor, convert: Convert) -> None:
        self._tally.note_resumed()
        if not self._tally.is_complete:
            self._render(executor, convert)
        for pack in self._packs:
            self._tally.end_pack(pack)

    def _render(self, executor: Executor, convert: Convert) -> None:
        make_worker = partial(PairWorker, self._plan())
        with contextlib.closing(
            executor.run(make_worker, self._jobs(convert), policy=POLICY, on_event=self._on_event)
        ) as outcomes:
            for outcome in outcomes:
                self._write(outcome)
                self._tally.report(outcome.item.pack)

    def _jobs(self, convert: Convert) -> Iterator[PairJob]:
        """Yields the jobs of all packs, one pack after the other, until the time is over."""
        for pack in self._packs.values():
            if self._tally.is_out_of_time:
                return
            self._record.pack = pack.name
            self._log.pack_begins(pack.name, pack.manifest_path.name, len(pack.ids))
            self._note_proof(pack.name)
            picks = self._in_time(pack.remaining(self._request, self._tally.visits(pack.name)))
            yield from prepared_jobs(
                pack,
                (pick for pick in picks if not self._tally.has_failed(pack.name, pick.pair)),
                self._request.packs_root,
                convert,
                num_clips=len(self._playlist.clips),
                on_failure=self.note_undrawable,
            )

    def _in_time(self, picks: Iterator[Pick]) -> Iterator[Pick]:
        for pick in picks:
            if self._tally.is_out_of_time:
                self._tally.note_out_of_time()
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
        self._log.heard(pack, mode, ok=True, rms=first.rms, peak=first.peak)
        self._log.drawn_by(pack, webgl)
        self._log.self_test_ok(pack)

    def _on_event(self, event: Event[PairJob]) -> None:
        match event:
            case WorkerOpened():
                self._record.opened()
                self._tally.note_opened()
            case WorkerReplaced(_, kind, reason):
                most = POLICY.max_losses_in_a_row
                self._tally.note_replaced(self._record.pack, kind, reason, most)

    def _write(self, outcome: Outcome[PairJob, PairResult]) -> None:
        job = outcome.item
        if outcome.error is not None:
            self._tally.add_failure(
                job.pack, job.pair, outcome.error, job.iteration, outcome.num_attempts
            )
        elif outcome.result is not None:
            pack = self._packs[job.pack]
            pair, quality01 = pack.pairs[job.pair], pack.quality01.get(job.pair)
            row = self._rows.row(job, pair, outcome.result, self._clock.now_ms(), quality01)
            self._tally.add_row(row, outcome.result.thumbnail)
