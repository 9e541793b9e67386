"""What all pages of a run have done together: rows, failures, progress, and how much is left."""

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.run_meta import PackProgress
from aivj.errors import ItemError, NoSamplesError
from aivj.live.live_run import LiveRun
from aivj.live.rows import LiveRowWriter
from aivj.live.stuck_pairs import MOST_TRIES, StuckPairs
from aivj.sampling.jobs import require_usable_entry
from aivj.sampling.packs import SamplePack
from aivj.sampling.progress import ProgressMeter, SampleProgress
from aivj.sampling.rows import failure_row
from aivj.sampling.run import NOTE_EVERY_PICKS
from aivj.sampling.run_directory import RunLogs


class Tally:
    """Counts and writes for the pages of a run, which share one process and one clock.

    Args:
        run: The run.
        packs: Its packs.
        logs: Where rows and failures go.
        on_progress: Called after each pair.
    """

    def __init__(
        self,
        run: LiveRun,
        packs: tuple[SamplePack, ...],
        logs: RunLogs,
        on_progress: Callable[[SampleProgress], None],
    ) -> None:
        self._run = run
        self._packs = packs
        self._logs = logs
        self._on_progress = on_progress
        self._stuck = StuckPairs(run.request.out_dir, run.clock)
        self._num_picks = Counter({pack.name: self._visits(pack.name) for pack in packs})
        self._num_begun: Counter[str] = Counter()
        self._claimed: set[tuple[str, int]] = set()
        hours = run.request.effective_max_hours
        self._deadline_s = run.clock.monotonic_s() + hours * 3600
        self.num_target = sum(pack.num_target for pack in packs)
        self._meter = ProgressMeter(sum(map(self._num_done, packs)), self.num_target)
        request = run.request
        self.writer = LiveRowWriter(
            luma_min=request.luma_min,
            motion_min=request.motion_min,
            renderer_class=run.choice.report.renderer_class,
            audio_clip=run.music.name,
        )

    @property
    def is_complete(self) -> bool:
        """Whether every pack has come to its target."""
        return all(self._num_done(pack) >= pack.num_target for pack in self._packs)

    @property
    def is_out_of_time(self) -> bool:
        """Whether the time budget is used up."""
        return self._run.clock.monotonic_s() >= self._deadline_s

    def is_done(self, pack: SamplePack) -> bool:
        """Whether no page needs to begin anything more of a pack, or there is no time for it."""
        num_begun = self._num_done(pack) + self._num_begun[pack.name]
        return self.is_out_of_time or num_begun >= pack.num_target

    def visited(self, pack: str) -> Collection[int]:
        """Returns the pairs with a row or a failure."""
        return self._logs.visits(pack).keys()

    def taken(self, pack: str) -> Collection[int]:
        """Returns the pairs that are visited, or being measured by a page."""
        claimed = {pair for name, pair in self._claimed if name == pack}
        return claimed | self._logs.visits(pack).keys()

    def aside(self, pack: str) -> Collection[int]:
        """Returns the pairs that timed out and wait for the end."""
        return self._stuck.aside(pack)

    @contextlib.contextmanager
    def claim(self, pack: SamplePack, pair: int) -> Iterator[bool]:
        """Yields whether a pair that was picked is to be measured, by this page alone.

        A run that covers a pack in a shuffled order measures no pair twice, and none one that is
        to be skipped or whose entry cannot be used.
        """
        if not pack.is_wanted(pair):
            yield False
            return
        covers = pack.target.num_samples is None and self._run.request.picking.mode == "shuffle"
        claimed = (pack.name, pair)
        if covers and (claimed in self._claimed or pair in self._logs.visits(pack.name)):
            yield False
            return
        self._claimed.add(claimed)
        try:
            yield True
        finally:
            self._claimed.discard(claimed)

    def iteration(self, pack: str) -> int:
        """Returns how many picks of a pack there were."""
        return self._num_picks[pack]

    @contextlib.contextmanager
    def pick(self, pack: str) -> Iterator[int]:
        """Another pick is made in the block, the first starts the clock; yields its number."""
        self._meter.opened(self._run.clock.monotonic_s())
        number = self._num_picks[pack]
        self._num_picks[pack] = number + 1
        self._run.record.iteration = number
        self._num_begun[pack] += 1
        try:
            yield number
        finally:
            self._num_begun[pack] -= 1

    def add_row(self, pack: SamplePack, row: EvalRow) -> None:
        """Writes a measured pair."""
        self._logs.add_row(row, None)
        self._meter.measured(row, self._run.clock.monotonic_s())
        self._report(pack)

    def add_timeout(self, pack: SamplePack, pair: int, why: str, iteration: int) -> None:
        """Sets a pair aside that did not come although the page shows others, or gives it up."""
        if self._logs.has_failed(pack.name, pair) or pair in self.visited(pack.name):
            return
        num = self._stuck.timed_out(pack, pair, why)
        self._run.log.set_aside(pack.name, iteration, pair, num, MOST_TRIES)
        if num >= MOST_TRIES:
            error = ItemError(
                "pick-timeout",
                f"the pair within {self._run.live.pick_timeout_ms / 1000:g} s",
                why,
                "look at the pair in the runtime, allow more with --pick-timeout-ms and "
                "--retry-failed, or take it out of the manifest",
            )
            self.add_failure(pack, pair, error, iteration, num)

    def add_failure(
        self, pack: SamplePack, pair: int, error: ItemError, iteration: int, num_attempts: int = 1
    ) -> None:
        """Writes a pair that could not be shown."""
        if self._logs.has_failed(pack.name, pair):
            return
        row = failure_row(pack.name, pair, error, num_attempts, self._run.clock.now_ms())
        self._logs.add_failure(row)
        if error.kind == "not-shown":
            self._stuck.not_shown(pack, pair, error.found)
        self._run.log.failed(pack.name, iteration, f"{error.kind}: {error}")
        self._meter.failed(error.kind, self._run.clock.monotonic_s())
        self._report(pack)

    def add_fault(self, pack: SamplePack, pair: int) -> None:
        """Writes a pair whose entry in the manifest cannot be used."""
        try:
            require_usable_entry(pack, pair)
        except ItemError as error:
            self.add_failure(pack, pair, error, iteration=0)

    def restarted(self, pack: str, kind: str, why: str) -> int:
        """A browser was replaced; returns how many were."""
        self._meter.replaced()
        num = self._run.record.restarted()
        most = self._run.live.browser_max_restarts
        self._run.log.restarted(pack, num, most, kind, why)
        self._run.events.write(pack)
        return num

    def reloaded(self, took_ms: int) -> None:
        """A page was loaded anew."""
        record = self._run.record
        record.count(restart_total_ms=record.timing.restart_total_ms + took_ms)

    def visited_before(self) -> Mapping[str, tuple[int, int]]:
        """Returns rows and different pairs of each pack."""
        return {
            pack.name: (self._logs.num_rows_of(pack.name), len(self.visited(pack.name)))
            for pack in self._packs
        }

    def end_pack(self, pack: SamplePack) -> None:
        """Notes that a pack is done, or the time is over.

        Raises:
            NoSamplesError: Nothing of it could be measured.
        """
        by_samples = pack.target.num_samples is not None
        entry = self._entry(
            pack,
            target_mode="samples" if by_samples else "coverage",
            done=self._num_done(pack) >= pack.num_target,
        )
        self._run.record.progress(pack.name, entry)
        self._run.log.pack_ends(pack.name, entry)
        if not entry.visited and self.is_out_of_time:
            return
        if pack.num_target and not self._logs.num_rows_of(pack.name):
            raise NoSamplesError(
                f"at least one measured pair of {pack.name}",
                f"{entry.visited} failures and no measurement",
                "read failures.jsonl for the reasons",
            )

    def _report(self, pack: SamplePack) -> None:
        progress = self._meter.look(self._run.clock.monotonic_s())
        if progress.num_done % NOTE_EVERY_PICKS == 0:
            elapsed_min = round(self._run.record.elapsed_min, 2)
            entry = self._entry(pack, elapsed_min=elapsed_min)
            self._run.record.progress(pack.name, entry)
            self._run.log.progress(pack.name, entry)
        self._on_progress(progress)

    def _entry(self, pack: SamplePack, **details: object) -> PackProgress:
        entry = PackProgress(
            iter=self._visits(pack.name),
            visited=len(self.visited(pack.name)),
            target=pack.num_target,
        )
        return entry.model_copy(update=details)

    def _num_done(self, pack: SamplePack) -> int:
        by_samples = pack.target.num_samples is not None
        return self._visits(pack.name) if by_samples else len(self.visited(pack.name))

    def _visits(self, pack: str) -> int:
        return sum(self._logs.visits(pack).values())
