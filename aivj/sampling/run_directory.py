"""A run's folder: its rows, its failures, its pictures, and the lock of whoever writes them."""

import contextlib
import fcntl
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalLog, EvalRow, read_eval_rows
from aivj.contracts.failures import FailureLog, FailureRow, read_failures
from aivj.contracts.json_text import row_bytes
from aivj.contracts.run_folder import (
    EVAL_NAME,
    FAILURES_NAME,
    LOCK_NAME,
    LOG_NAME,
    META_NAME,
    TABLE_NAME,
    picture_name,
)
from aivj.errors import InputError, RunError
from aivj.faults import FAULTS
from aivj.storage import storage_errors, write_atomic


@dataclass(frozen=True)
class RunDirectory:
    """Paths of one sampling run."""

    path: Path

    @property
    def eval_path(self) -> Path:
        """One row per measured pair."""
        return self.path / EVAL_NAME

    @property
    def failures_path(self) -> Path:
        """One row per pair that could not be measured."""
        return self.path / FAILURES_NAME

    @property
    def meta_path(self) -> Path:
        """What the run was asked for, ran on, and how far it came."""
        return self.path / META_NAME

    @property
    def log_path(self) -> Path:
        """What happened, line by line."""
        return self.path / LOG_NAME

    @property
    def parquet_path(self) -> Path:
        """The rows as a table, made from `eval.jsonl` when the run ends."""
        return self.path / TABLE_NAME

    def thumbnail_path(self, pack: str, pair: int) -> Path:
        """The picture of a pair's last frame."""
        return self.path / picture_name(pack, pair)

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
            lock = (self.path / LOCK_NAME).open("w")
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

    @property
    def has_failures_that_may_heal(self) -> bool:
        """Whether another attempt may mend one of the failures."""
        return any(map(_may_heal, self.failures()))

    def forget_failures_that_may_heal(self) -> int:
        """Takes out of the failures what another attempt may mend; returns how many."""
        failures = self.failures()
        kept = [row for row in failures if not _may_heal(row)]
        if len(kept) < len(failures):
            write_atomic(self.failures_path, b"".join(map(row_bytes, kept)))
        return len(failures) - len(kept)


_MENDED_ELSEWHERE = frozenset({"missing-preset", "unconvertible"})
"""A file comes back; a converter that was lost may have run on a busy machine."""


def _may_heal(row: FailureRow) -> bool:
    """Whether another attempt may end otherwise: files come back, presets do not mend."""
    fault = FAULTS.get(row.kind)
    return row.kind in _MENDED_ELSEWHERE or (fault is not None and fault.max_attempts > 1)


class RunLogs:
    """The two logs of a run, open for appending. A pair that failed is in one of them, once.

    Attributes:
        num_lines: Rows that were there before.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        self._rows = EvalLog(directory.eval_path)
        self._failures = FailureLog(directory.failures_path)
        earlier = directory.rows()
        self.num_lines = len(earlier)
        self._visits = Counter((row.pack, row.pair) for row in earlier if row.pair is not None)
        self._failed = {(row.pack, row.pair) for row in directory.failures()}

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        return self._visits.total()

    @property
    def num_failures(self) -> int:
        """Failures in all."""
        return len(self._failed)

    def visits(self, pack: str) -> Mapping[int, int]:
        """Returns how often each pair of a pack was visited; a failure is a visit."""
        visits = {pair: n for (name, pair), n in self._visits.items() if name == pack}
        return visits | {pair: 1 for name, pair in self._failed if name == pack}

    def num_rows_of(self, pack: str) -> int:
        """Returns how many rows a pack has."""
        return sum(n for (name, _), n in self._visits.items() if name == pack)

    def has_failed(self, pack: str, pair: int) -> bool:
        """Whether the pair failed in this run."""
        return (pack, pair) in self._failed

    def add_row(self, row: EvalRow, thumbnail: bytes | None) -> None:
        """Writes a measured pair: its picture first, so that a row never lacks one."""
        assert row.pair is not None  # noqa: S101 - rows of ours always name their pair
        if thumbnail is not None:
            path = self._directory.thumbnail_path(row.pack, row.pair)
            write_atomic(path, thumbnail, fsync=False)
        self._rows.append(row)
        self._visits[row.pack, row.pair] += 1

    def add_failure(self, row: FailureRow) -> None:
        """Writes a failed pair."""
        self._failures.append(row)
        self._failed.add((row.pack, row.pair))

    def close(self) -> None:
        """Closes both logs."""
        self._rows.close()
        self._failures.close()
