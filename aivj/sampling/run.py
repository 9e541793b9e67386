"""Samples packs: every pair computed from two takes, resumable at any moment.

A preset that no take exists of is drawn first, once, whoever needs it. A few pairs are drawn whole
besides and must be what was computed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from aivj.audio.levels import require_sound
from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice
from aivj.contracts.run_meta import WebGl, read_run_meta
from aivj.errors import ItemError
from aivj.executor.protocol import Event, Executor, WorkerOpened, WorkerReplaced
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.log import RunLog
from aivj.runs.open_run import OpenRun, SampleSummary, open_run
from aivj.runs.progress import SampleProgress
from aivj.runs.resume import refuse_other_options
from aivj.sampling.layers import Convert, LayerReader
from aivj.sampling.new_record import asked_again, new_stage_record
from aivj.sampling.packs import SamplePack, usable_packs
from aivj.sampling.picked import PickedPair
from aivj.sampling.picking import Pick
from aivj.sampling.request import SampleRequest
from aivj.sampling.rows import RowWriter, Sound
from aivj.takes.drawing import POLICY, DrawOutcome, draw
from aivj.takes.render import DrawJob, ProofJob, TakePlan, planar_clip
from aivj.takes.shelf import TakeShelf

Undrawable = Mapping[tuple[str, int], ItemError]
NO_PAIRS: Undrawable = {}
_LAYERS = ("foreground", "background")


def sample(
    request: SampleRequest,
    *,
    executor: Executor,
    convert: Convert,
    playlist: Playlist,
    choice: RendererChoice,
    shelf: TakeShelf,
    undrawable: Undrawable = NO_PAIRS,
    on_progress: Callable[[SampleProgress], None] = lambda _: None,
    clock: Clock = Clock(),  # noqa: B008 - frozen
) -> SampleSummary:
    """Measures the pairs of packs into a run directory.

    Args:
        request: What to sample.
        executor: Runs the browsers, if any are needed.
        convert: Converts a preset's bytes.
        playlist: The music; every pair hears the beginning of its clip.
        choice: The proved renderer.
        shelf: Takes by clip, of presets that this renderer draws with the request's settings;
            see `clips_of`.
        undrawable: Pairs of which `aivj.sampling.layers.undrawable` knows that they cannot be
            drawn: they are failures before anything is rendered.
        on_progress: Called after each pair.
        clock: The time.

    Raises:
        InputError: A manifest cannot be used, a clip is silent, or the directory holds a run
            that `request` does not fit.
        RunError: Another process writes the run, workers fail their self-test or die as fast as
            they are replaced, a pair drawn whole is not what was computed, or no pair of a pack
            could be measured at all.
        StorageError: The disk is full; all rows before are whole.
    """
    packs = require_usable(request, playlist)
    with open_run(
        new_stage_record(request, packs, playlist, choice, shelf, clock),
        RunDirectory(request.out_dir),
        RunLog,
        retry_failed=request.retry_failed,
        on_progress=on_progress,
        clock=clock,
    ) as opened:
        run = _Run(request, packs, playlist, choice, shelf, opened)
        for (pack, pair), error in undrawable.items():
            run.note_undrawable(pack, pair, error)
        run.sample(executor, convert)
    return SampleSummary.of(
        opened.tally, num_presets=len(run.needed), num_known=len(run.needed) - len(run.missing)
    )


def clips_of(playlist: Playlist, request: SampleRequest) -> dict[str, bytes]:
    """Returns what presets hear of each clip, by the name that takes have for it."""
    clips = enumerate(playlist.clips)
    return {str(number): planar_clip(clip, request.settings) for number, clip in clips}


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
    """Returns how a run ended that has nothing left to do; None if there is something.

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
    """One call of `sample`, from the first pick to the last row.

    Attributes:
        needed: Presets of its pairs, by clip and content.
        missing: Those that no take existed of when it began.
    """

    def __init__(
        self,
        request: SampleRequest,
        packs: tuple[SamplePack, ...],
        playlist: Playlist,
        choice: RendererChoice,
        shelf: TakeShelf,
        opened: OpenRun[RunLog],
    ) -> None:
        self._request = request
        self._packs = {pack.name: pack for pack in packs}
        self._playlist = playlist
        self._choice = choice
        self._shelf = shelf
        self._tally = opened.tally
        self._log = opened.log
        self._record = opened.record
        self._clock = opened.clock
        self._reader = LayerReader(request.packs_root, len(playlist.clips))
        sounds = {
            str(number): Sound.of(clip, request.settings)
            for number, clip in enumerate(playlist.clips)
        }
        self._rows = RowWriter(request, choice.report, sounds)
        self.needed: set[tuple[str, str]] = set()
        self.missing: set[tuple[str, str]] = set()
        self._num_proved = 0
        self._begun: set[str] = set()
        self._waiting: list[PickedPair] = []
        self._num_attempts: dict[tuple[str, str], int] = {}

    def note_undrawable(self, pack: str, pair: int, error: ItemError) -> None:
        """Writes a pair that nobody needs to try to draw."""
        self._tally.add_failure(pack, pair, error, iteration=0)

    def sample(self, executor: Executor, convert: Convert) -> None:
        self._tally.note_resumed()
        if not self._tally.is_complete:
            # What can be computed comes first; only then is it known whether browsers are needed.
            to_draw = [pick for pick in self._picked() if not self._settle(pick)]
            self.missing = {key for key in self.needed if not self._shelf.holds(*key)}
            self._draw(to_draw, executor, convert)
            self._note_takes()
        for pack in self._packs:
            self._tally.end_pack(pack)

    def _note_takes(self) -> None:
        """Notes what drew the takes; another build of the browser may draw otherwise."""
        versions = self._shelf.chromium_versions(self.needed)
        self._record.computed_from(num_proved=self._num_proved, chromium_versions=versions)
        own = self._choice.report.chromium_version
        if others := [version for version in versions if version != own]:
            self._record.warn(f"some takes were drawn by Chromium {', '.join(others)}, not {own}")

    def _picked(self) -> Iterator[PickedPair]:
        """Yields the pairs of all packs, one pack after the other, until the time is over."""
        for pack in self._packs.values():
            if self._tally.is_out_of_time:
                return
            for pick in self._in_time(pack.remaining(self._request, self._tally.visits(pack.name))):
                if self._tally.has_failed(pack.name, pick.pair):
                    continue
                try:
                    layers = self._reader.read(pack, pick.pair)
                except ItemError as error:
                    self.note_undrawable(pack.name, pick.pair, error)
                else:
                    picked = PickedPair.of(pack, pick, self._reader.clip_of(pick.pair), layers)
                    self.needed.update((picked.clip, content) for content in picked.contents)
                    yield picked

    def _in_time(self, picks: Iterator[Pick]) -> Iterator[Pick]:
        for pick in picks:
            if self._tally.is_out_of_time:
                self._tally.note_out_of_time()
                return
            yield pick

    def _draw(self, picked: list[PickedPair], executor: Executor, convert: Convert) -> None:
        """Draws what pairs still need, and settles each as soon as it can be."""
        outcomes = draw(
            self._shelf,
            self._jobs(picked, convert),
            executor=executor,
            plan=self._plan(),
            on_event=self._on_event,
        )
        for outcome in outcomes:
            self._note(outcome)
            self._settle_waiting()
        self._settle_waiting()

    def _jobs(self, picked: list[PickedPair], convert: Convert) -> Iterator[DrawJob]:
        """Yields what must be drawn for pairs that are not out of time, each preset once."""
        asked: set[tuple[str, str]] = set()
        num_proofs = self._request.prove
        for pick in picked:
            if self._tally.is_out_of_time:
                self._tally.note_out_of_time()
                return
            if self._tally.has_failed(pick.pack, pick.pair):
                continue
            pack = self._packs[pick.pack]
            try:
                layers = self._reader.read(pack, pick.pair)
                jobs = [layer.job(pick.clip, convert) for layer in layers]
            except ItemError as error:
                self.note_undrawable(pick.pack, pick.pair, error)
                continue
            self._begin(pick.pack)
            self._waiting.append(pick)
            for job in jobs:
                key = (job.clip, job.content)
                if key not in asked and not self._shelf.holds(*key):
                    asked.add(key)
                    yield job
            if num_proofs > 0:
                num_proofs -= 1
                yield ProofJob(f"pair {pick.pair} of {pick.pack}", *jobs)

    def _plan(self) -> TakePlan:
        return TakePlan(
            launch=self._choice.plan,
            policy=self._choice.policy,
            expected=self._choice.report,
            settings=self._request.settings,
            clips=clips_of(self._playlist, self._request),
            places=self._shelf.places,
            reload_every=self._request.reload_every,
        )

    def _begin(self, name: str) -> None:
        """Writes what is proved before the first row of a pack.

        It is asked for only when a worker is free, so that one has passed its self-test, or when
        there are takes, which only such workers make.
        """
        if name in self._begun:
            return
        self._begun.add(name)
        self._record.pack = name
        pack = self._packs[name]
        self._log.pack_begins(name, pack.manifest_path.name, len(pack.ids))
        self._record.loop_started()
        report, first = self._choice.report, self._rows.sounds["0"]
        webgl = WebGl(ok=True, vendor=report.vendor, renderer=report.renderer)
        mode = "click" if first.name == "click" else "file"
        self._log.heard(name, mode, ok=True, rms=first.rms, peak=first.peak)
        self._log.drawn_by(name, webgl)
        self._log.self_test_ok(name)

    def _on_event(self, event: Event[DrawJob]) -> None:
        match event:
            case WorkerOpened():
                self._record.opened()
                self._tally.note_opened()
            case WorkerReplaced(_, kind, reason):
                most = POLICY.max_losses_in_a_row
                self._tally.note_replaced(self._record.pack, kind, reason, most)

    def _note(self, outcome: DrawOutcome) -> None:
        job = outcome.item
        if isinstance(job, ProofJob):
            self._num_proved += outcome.error is None
        else:
            self._num_attempts[job.clip, job.content] = outcome.num_attempts

    def _settle_waiting(self) -> None:
        self._waiting = [pick for pick in self._waiting if not self._settle(pick)]

    def _settle(self, pick: PickedPair) -> bool:
        """Writes a pair's row or failure; returns whether it could."""
        if not pick.is_drawn(self._shelf):
            return False
        self._begin(pick.pack)
        for layer, content in zip(_LAYERS, pick.contents, strict=True):
            failure = self._shelf.failure(pick.clip, content)
            if failure is not None:
                num_attempts = self._num_attempts.get((pick.clip, content), 1)
                self._tally.add_failure(
                    pick.pack, pick.pair, failure.error(layer), pick.iteration, num_attempts
                )
                break
        else:
            self._compose(pick)
        self._tally.report(pick.pack)
        return True

    def _compose(self, pick: PickedPair) -> None:
        layers = self._shelf.read_pair(pick.clip, pick.contents)
        pack = self._packs[pick.pack]
        pair, quality01 = pack.pairs[pick.pair], pack.quality01.get(pick.pair)
        row, picture = self._rows.row(pick, pair, layers, self._clock.now_ms(), quality01)
        self._tally.add_row(row, picture)
