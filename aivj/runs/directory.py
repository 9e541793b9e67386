"""A run's folder: where its files lie, what is in them, and the lock of whoever writes them."""

import contextlib
import fcntl
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.failures import FailureRow, read_failures
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
from aivj.errors import RunError
from aivj.faults import FAULTS
from aivj.storage import storage_errors, write_atomic

_LOCK_TRIES = 5
_LOCK_WAIT_S = 0.1


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

    def visits(self) -> Mapping[tuple[str, int], int]:
        """Returns how often each pair, by pack and id, was visited; one that failed was once."""
        visits = Counter((row.pack, row.pair) for row in self.rows() if row.pair is not None)
        return {**visits, **{(row.pack, row.pair): 1 for row in self.failures()}}

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
            # Whoever only looks whether it is locked holds it for a moment.
            for tries_left in reversed(range(_LOCK_TRIES)):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    if tries_left:
                        time.sleep(_LOCK_WAIT_S)
                        continue
                    raise RunError(
                        f"to be the only one writing {self.path}",
                        "another process that holds its lock",
                        "wait for it or choose another --out-dir",
                    ) from error
                break
            yield

    @property
    def is_being_written(self) -> bool:
        """Whether a process holds its lock; one that nobody holds is left as it is."""
        try:
            with (self.path / LOCK_NAME).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    @property
    def holds_a_run(self) -> bool:
        """Whether something of a run was written here."""
        return self.meta_path.exists() or self.eval_path.exists()

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
