"""What pages of a live run share: picks, pairs that one of them measures, pairs set aside."""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterator

from aivj.contracts.eval_rows import EvalRow
from aivj.errors import ItemError
from aivj.live.live_run import LiveRun
from aivj.live.rows import LiveRowWriter
from aivj.live.stuck_pairs import MOST_TRIES, StuckPairs
from aivj.sampling.packs import SamplePack


class Shares:
    """Lets the pages of a run, which share one process, do everything once.

    Args:
        run: The run.
        packs: Its packs.
    """

    def __init__(self, run: LiveRun, packs: tuple[SamplePack, ...]) -> None:
        self._run = run
        self._tally = run.tally
        self._stuck = StuckPairs(run.request.out_dir, run.clock)
        self._num_picks = Counter(
            {pack.name: sum(run.tally.visits(pack.name).values()) for pack in packs}
        )
        self._num_begun: Counter[str] = Counter()
        self._claimed: set[tuple[str, int]] = set()
        self.writer = LiveRowWriter(
            luma_min=run.request.luma_min,
            motion_min=run.request.motion_min,
            renderer_class=run.choice.report.renderer_class,
            audio_clip=run.music.name,
        )

    def is_done(self, pack: SamplePack) -> bool:
        """Whether no page needs to begin anything more of a pack, or there is no time for it."""
        num_begun = self._num_begun[pack.name]
        return self._tally.is_out_of_time or num_begun >= self._tally.num_left(pack.name)

    def visited(self, pack: str) -> Collection[int]:
        """Returns the pairs with a row or a failure."""
        return self._tally.visits(pack).keys()

    def taken(self, pack: str) -> Collection[int]:
        """Returns the pairs that are visited, or being measured by a page."""
        claimed = {pair for name, pair in self._claimed if name == pack}
        return claimed | self._tally.visits(pack).keys()

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
        if covers and pair in self.taken(pack.name):
            yield False
            return
        claimed = (pack.name, pair)
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
        self._tally.note_opened()
        number = self._num_picks[pack]
        self._num_picks[pack] = number + 1
        self._run.record.iteration = number
        self._num_begun[pack] += 1
        try:
            yield number
        finally:
            self._num_begun[pack] -= 1

    def add_row(self, row: EvalRow) -> None:
        """Writes a measured pair."""
        self._tally.add_row(row)
        self._tally.report(row.pack)

    def add_timeout(self, pack: SamplePack, pair: int, why: str, iteration: int) -> None:
        """Sets a pair aside that did not come although the page shows others, or gives it up."""
        if pair in self.visited(pack.name):
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
        if self._tally.has_failed(pack.name, pair):
            return
        self._tally.add_failure(pack.name, pair, error, iteration, num_attempts)
        if error.kind == "not-shown":
            self._stuck.not_shown(pack, pair, error.found)
        self._tally.report(pack.name)

    def add_fault(self, pack: SamplePack, pair: int) -> None:
        """Writes a pair whose entry in the manifest cannot be used."""
        try:
            pack.require_usable(pair)
        except ItemError as error:
            self.add_failure(pack, pair, error, iteration=0)

    def restarted(self, pack: str, kind: str, why: str) -> int:
        """A browser was replaced; returns how many were."""
        most = self._run.live.browser_max_restarts
        num = self._tally.note_replaced(pack, kind, why, most)
        self._run.events.write(pack)
        return num

    def reloaded(self, took_ms: int) -> None:
        """A page was loaded anew."""
        record = self._run.record
        record.count(restart_total_ms=record.timing.restart_total_ms + took_ms)
