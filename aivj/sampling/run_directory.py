"""A run's folder: its rows, its failures, its pictures, and the lock of whoever writes them."""

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalLog, EvalRow, read_eval_rows
from aivj.contracts.failures import FailureLog, FailureRow, read_failures
from aivj.errors import InputError, RunError
from aivj.storage import storage_errors, write_atomic


@dataclass(frozen=True)
class RunDirectory:
    """Paths of one sampling run."""

    path: Path

    @property
    def eval_path(self) -> Path:
        """One row per measured pair."""
        return self.path / "eval.jsonl"

    @property
    def failures_path(self) -> Path:
        """One row per pair that could not be measured."""
        return self.path / "failures.jsonl"

    @property
    def meta_path(self) -> Path:
        """What the run was asked for, ran on, and how far it came."""
        return self.path / "meta.json"

    @property
    def parquet_path(self) -> Path:
        """The rows as a table, made from `eval.jsonl` when the run ends."""
        return self.path / "eval.parquet"

    def thumbnail_path(self, pair: int) -> Path:
        """The picture of a pair's last frame."""
        return self.path / "thumbnails" / f"{pair}.webp"

    def rows(self) -> list[EvalRow]:
        """Reads the measured pairs."""
        return read_eval_rows(self.eval_path).rows if self.eval_path.exists() else []

    def failures(self) -> list[FailureRow]:
        """Reads the failed pairs."""
        return read_failures(self.failures_path).rows if self.failures_path.exists() else []

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other writer out for the block, also when this process is killed.

        Raises:
            RunError: Another process is writing this run.
        """
        with storage_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / ".lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunError(
                    f"to be the only one writing {self.path}",
                    "another process that holds its lock",
                    "wait for it or choose another --out-dir",
                ) from error
            yield

    def refuse_used(self) -> None:
        """Checks that nothing has been written here yet.

        Raises:
            InputError: There is a run here.
        """
        if self.meta_path.exists() or self.eval_path.exists():
            raise InputError(
                f"a new run directory at {self.path}",
                "the rows of an earlier run",
                "say --resume to complete it, or choose another --out-dir",
            )


class RunLogs:
    """The two logs of a run, open for appending. A pair is in one of them, once."""

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        self._rows = EvalLog(directory.eval_path)
        self._failures = FailureLog(directory.failures_path)
        self.done = {row.pair for row in directory.rows() if row.pair is not None}
        self.num_failures = len(directory.failures())
        self.done |= {row.pair for row in directory.failures()}

    def add_row(self, row: EvalRow, thumbnail: bytes | None) -> None:
        """Writes a measured pair: its picture first, so that a row never lacks one."""
        assert row.pair is not None  # noqa: S101 - rows of ours always name their pair
        if thumbnail is not None:
            write_atomic(self._directory.thumbnail_path(row.pair), thumbnail)
        self._rows.append(row)
        self.done.add(row.pair)

    def add_failure(self, row: FailureRow) -> None:
        """Writes a failed pair."""
        self._failures.append(row)
        self.done.add(row.pair)
        self.num_failures += 1

    def close(self) -> None:
        """Closes both logs."""
        self._rows.close()
        self._failures.close()
