"""What a run has done: its rows and failures, how many of each, and how much is left."""

from collections import Counter
from collections.abc import Callable, Mapping

from aivj.contracts.eval_rows import EvalLog, EvalRow
from aivj.contracts.failures import FailureLog, FailureRow
from aivj.contracts.run_folder import FAILURES_NAME
from aivj.contracts.run_meta import PackProgress
from aivj.errors import ItemError, NoSamplesError
from aivj.faults import max_attempts
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.log import RunLog
from aivj.runs.progress import ProgressMeter, SampleProgress
from aivj.runs.record import RunRecord
from aivj.storage import write_atomic

NOTE_EVERY_PICKS = 50


class RunTally:
    """Writes a run's rows and failures, counts them, and notes progress in its record and log.

    A pair that failed is a failure once, and counts as one visit.

    Args:
        directory: Of the run.
        record: Its record, which says what is aimed at.
        log: Its log.
        on_progress: Called with each report.
        clock: The time; the time budget begins now.
    """

    def __init__(
        self,
        directory: RunDirectory,
        record: RunRecord,
        log: RunLog,
        on_progress: Callable[[SampleProgress], None],
        clock: Clock,
    ) -> None:
        self.directory = directory
        self._record = record
        self._log = log
        self._on_progress = on_progress
        self._clock = clock
        self._rows = EvalLog(directory.eval_path)
        self._failures = FailureLog(directory.failures_path)
        earlier = directory.rows()
        self._num_lines_before = len(earlier)
        self._num_rows = Counter((row.pack, row.pair) for row in earlier if row.pair is not None)
        self._failed = {(row.pack, row.pair) for row in directory.failures()}
        meta = record.meta
        self._by_samples = meta.target_samples is not None
        self._targets = {pack.pack: meta.num_target(pack) for pack in meta.packs}
        self._max_hours = meta.budget.effective_max_hours
        self._deadline_s = clock.monotonic_s() + self._max_hours * 3600
        self.num_target = sum(self._targets.values())
        self._meter = ProgressMeter(sum(map(self.num_done, self._targets)), self.num_target)

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        return self._num_rows.total()

    @property
    def num_failures(self) -> int:
        """Failures in all."""
        return len(self._failed)

    @property
    def is_complete(self) -> bool:
        """Whether every pack has come to its target."""
        return all(self.num_done(pack) >= num for pack, num in self._targets.items())

    @property
    def is_out_of_time(self) -> bool:
        """Whether the time budget is used up."""
        return self._clock.monotonic_s() >= self._deadline_s

    def visits(self, pack: str) -> Mapping[int, int]:
        """Returns how often each pair of a pack was visited."""
        visits = {pair: num for (name, pair), num in self._num_rows.items() if name == pack}
        return visits | {pair: 1 for name, pair in self._failed if name == pack}

    def num_done(self, pack: str) -> int:
        """Returns how far a pack has come, in picks or in different pairs, as is aimed at."""
        visits = self.visits(pack)
        return sum(visits.values()) if self._by_samples else len(visits)

    def num_left(self, pack: str) -> int:
        """Returns how far it is to a pack's target; 0 or less when it is there."""
        return self._targets[pack] - self.num_done(pack)

    def has_failed(self, pack: str, pair: int) -> bool:
        """Whether the pair failed in this run."""
        return (pack, pair) in self._failed

    def add_row(self, row: EvalRow, thumbnail: bytes | None = None) -> None:
        """Writes a measured pair: its picture first, so that a row never lacks one."""
        assert row.pair is not None  # noqa: S101 - rows of ours always name their pair
        if thumbnail is not None:
            path = self.directory.thumbnail_path(row.pack, row.pair)
            write_atomic(path, thumbnail, fsync=False)
        self._rows.append(row)
        self._num_rows[row.pack, row.pair] += 1
        self._meter.measured(row, self._clock.monotonic_s())

    def add_failure(
        self, pack: str, pair: int, error: ItemError, iteration: int, num_attempts: int = 1
    ) -> None:
        """Writes a pair that could not be measured.

        It is quarantined if it was tried again and failed again: it may be what breaks the worker.
        """
        if self.has_failed(pack, pair):
            return
        failure = FailureRow(
            t_ms=self._clock.now_ms(),
            pack=pack,
            pair=pair,
            kind=error.kind,
            num_attempts=num_attempts,
            message=str(error),
            quarantined=max_attempts(error) > 1,
        )
        self._failures.append(failure)
        self._failed.add((pack, pair))
        self._log.failed(pack, iteration, f"{error.kind}: {error}")
        self._meter.failed(error.kind, self._clock.monotonic_s())

    def report(self, pack: str) -> None:
        """Tells how the run is going, and notes it now and then."""
        progress = self._meter.look(self._clock.monotonic_s())
        if progress.num_done % NOTE_EVERY_PICKS == 0:
            entry = self._entry(pack, elapsed_min=round(self._record.elapsed_min, 2))
            self._record.progress(pack, entry)
            self._log.progress(pack, entry)
        self._on_progress(progress)

    def note_resumed(self) -> None:
        """Notes what was there before, if anything was."""
        if self._num_lines_before:
            visited = {
                pack: (self._num_rows_of(pack), len(self.visits(pack))) for pack in self._targets
            }
            self._log.resumed(self._num_lines_before, visited)

    def note_opened(self) -> None:
        """A worker is ready; the first one starts the clock."""
        self._meter.opened(self._clock.monotonic_s())

    def note_replaced(self, pack: str, kind: str, why: str, most: int) -> int:
        """A browser was replaced, of which `most` may be; returns how many were."""
        self._meter.replaced()
        num = self._record.restarted()
        self._log.restarted(pack, num, most, kind, why)
        return num

    def note_out_of_time(self) -> None:
        """The time budget is used up."""
        self._log.out_of_time(self._max_hours)

    def end_pack(self, pack: str) -> None:
        """Notes that a pack is done, or the time is over.

        Raises:
            NoSamplesError: Nothing of it could be measured.
        """
        entry = self._entry(
            pack,
            target_mode="samples" if self._by_samples else "coverage",
            done=self.num_left(pack) <= 0,
        )
        self._record.progress(pack, entry)
        self._log.pack_ends(pack, entry)
        if not entry.visited and self.is_out_of_time:
            return
        if self._targets[pack] and not self._num_rows_of(pack):
            raise NoSamplesError(
                f"at least one measured pair of {pack}",
                f"{entry.visited} failures and no measurement",
                f"read {FAILURES_NAME} for the reasons",
            )

    def close(self) -> None:
        """Closes the files of rows and failures."""
        self._rows.close()
        self._failures.close()

    def _num_rows_of(self, pack: str) -> int:
        return sum(num for (name, _), num in self._num_rows.items() if name == pack)

    def _entry(self, pack: str, **details: object) -> PackProgress:
        visits = self.visits(pack)
        entry = PackProgress(
            iter=sum(visits.values()), visited=len(visits), target=self._targets[pack]
        )
        return entry.model_copy(update=details)
