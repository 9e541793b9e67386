"""A run while it is written: begun or gone on with, and ended well or with what ended it noted."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from aivj.contracts.run_meta import RunMeta
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.log import RunLog
from aivj.runs.progress import SampleProgress
from aivj.runs.record import RunRecord, error_code
from aivj.runs.table import write_table
from aivj.runs.tally import RunTally

Log = TypeVar("Log", bound=RunLog)


@dataclass(frozen=True)
class OpenRun(Generic[Log]):
    """A run that is being written.

    Attributes:
        record: Its record.
        log: Its log.
        tally: What it has done.
        clock: The time.
    """

    record: RunRecord
    log: Log
    tally: RunTally
    clock: Clock


@dataclass(frozen=True)
class SampleSummary:
    """What a run ended with.

    Attributes:
        directory: Where it lies.
        num_rows: Rows in all, those of earlier calls included.
        num_failures: Failures in all.
        num_target: Pairs aimed at.
        is_complete: Whether every pack came to its target; if not, the time was up.
        num_presets: Different presets that this call's pairs needed.
        num_known: Those of them that were drawn before.
    """

    directory: RunDirectory
    num_rows: int
    num_failures: int
    num_target: int
    is_complete: bool
    num_presets: int = 0
    num_known: int = 0

    @classmethod
    def of(cls, tally: RunTally, *, num_presets: int = 0, num_known: int = 0) -> "SampleSummary":
        """Sums up what was done."""
        return cls(
            tally.directory,
            tally.num_rows,
            tally.num_failures,
            tally.num_target,
            tally.is_complete,
            num_presets,
            num_known,
        )


@contextlib.contextmanager
def open_run(
    fresh: RunMeta,
    directory: RunDirectory,
    make_log: Callable[[Path], Log],
    *,
    retry_failed: bool,
    on_progress: Callable[[SampleProgress], None],
    clock: Clock,
) -> Iterator[OpenRun[Log]]:
    """Opens a run for the block, and no other process meanwhile; then its table is made.

    An error that ends the block is noted in record and log.

    Args:
        fresh: The record of the run, if it began now.
        directory: Where it lies, or will.
        make_log: Opens its log.
        retry_failed: Whether to try again what failed in it and may yet succeed.
        on_progress: Told how it is going.
        clock: The time.

    Raises:
        InputError: There is a run that was asked for something else.
        RunError: Another process writes it.
        StorageError: The disk is full; all rows before are whole.
    """
    with directory.locked(), contextlib.ExitStack() as exit_stack:
        record = RunRecord.open(fresh, directory, clock)
        if retry_failed:
            directory.forget_failures_that_may_heal()
        log = make_log(directory.log_path)
        exit_stack.callback(log.close)
        tally = RunTally(directory, record, log, on_progress, clock)
        exit_stack.callback(tally.close)
        with record.failing():
            try:
                yield OpenRun(record, log, tally, clock)
            except BaseException as error:
                with contextlib.suppress(Exception):
                    log.fatal(error_code(error), str(error) or type(error).__name__)
                raise
        write_table(directory.rows(), directory.parquet_path)
        record.finish()
