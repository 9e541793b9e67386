"""A run that is kept in a bucket: worked on in a folder of this disk, and mirrored while it goes.

Every few seconds what is new goes into the run's journal and the driver says that it lives. At the
end of each call, however it ends, the files are there whole as well, as on a disk. A driver that
dies with its disk loses seconds, and none of what was drawn: takes go to their store themselves.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aivj.contracts.heartbeat import HEARTBEAT_NAME, DriverState
from aivj.contracts.run_folder import META_NAME, PICTURES_NAME
from aivj.errors import LostRaceError, StorageError
from aivj.runs.directory import RunDirectory
from aivj.runs.journal import JOURNAL_NAME, STATE_NAME, Journal, overtaken
from aivj.runs.lease import Lease
from aivj.storage import Bucket
from aivj.storage.file_lock import file_lock
from aivj.storage.mirror import Mirror

_LOCK_NAME = ".driver"
_BEATS = 12
_FIRST_PAUSE_S = 1.0


@dataclass(frozen=True)
class KeptRun:
    """Where a run is kept, and where it is worked on.

    Attributes:
        mirror: The bucket, and the folder of this disk that keys are paths below.
        key: What its objects' keys have before a slash.
        silence_s: A driver that says nothing for so long is dead.
        patience_s: How long a bucket that does not answer is asked again at the end.
    """

    mirror: Mirror
    key: str
    silence_s: float = 60.0
    patience_s: float = 60.0

    @property
    def bucket(self) -> Bucket:
        """The bucket."""
        return self.mirror.bucket

    @property
    def folder(self) -> Path:
        """The folder of this disk that the run is worked on in."""
        return self.mirror.folder / self.key

    @property
    def uri(self) -> str:
        """Its address."""
        return f"{self.bucket.uri}/{self.key}"

    @property
    def has_journal(self) -> bool:
        """Whether there is such a run in the bucket."""
        return bool(self.bucket.list(f"{self.key}/{JOURNAL_NAME}/"))

    def restore(self) -> frozenset[str]:
        """Makes the folder what the bucket says; one that is being written is left alone.

        Returns:
            Names of the files that the journal has.

        Raises:
            StorageError: The bucket does not answer, or the journal is damaged.
        """
        journal = Journal(self.bucket, self.key, self.folder)
        if not RunDirectory(self.folder).is_being_written:
            journal.restore()
            self.mirror.restore(self.key, wanted=lambda key: self._is_plain(key, journal.names))
        return journal.names

    def follow(self) -> None:
        """Brings what was written since the last call to a folder that nobody writes here.

        Raises:
            StorageError: The bucket does not answer, or the journal is damaged.
        """
        if RunDirectory(self.folder).is_being_written:
            return
        journal = Journal(self.bucket, self.key, self.folder)
        journal.follow()
        self.mirror.restore(self.key, wanted=lambda key: self._is_plain(key, journal.names))

    def _is_plain(self, key: str, names: frozenset[str]) -> bool:
        """Tells whether an object is a file of the run that the journal does not have."""
        name = key.removeprefix(f"{self.key}/")
        is_own = name == HEARTBEAT_NAME or name.startswith(f"{JOURNAL_NAME}/")
        return not is_own and name not in names


@contextlib.contextmanager
def kept_in_bucket(run: KeptRun, say: Callable[[str], None]) -> Iterator[Callable[[], None]]:
    """Keeps a run in its bucket for the block, which no other driver writes meanwhile.

    Yields:
        What raises if another driver has taken the run; to be called now and then.

    Args:
        run: Which run.
        say: Told what is waited for, and that the bucket is away or back.

    Raises:
        RunError: Another driver writes it.
        StorageError: Another process of this machine writes it, or the bucket does not answer; all
            is in the folder, and the same command goes on.
    """
    with file_lock(
        run.folder / _LOCK_NAME, timeout_s=0, remedy="wait for it, or choose another --out-dir"
    ):
        lease = Lease(
            run.bucket, f"{run.key}/{HEARTBEAT_NAME}", run.folder, silence_s=run.silence_s
        )
        lease.take(say)
        run.restore()
        keeper = _Keeper(run, lease, say)
        state: DriverState = "failed"
        try:
            with keeper.at_work():
                yield keeper.check
            state = "finished"
        except KeyboardInterrupt:
            state = "interrupted"
            raise
        finally:
            keeper.end(state)


class _Keeper:
    """Mirrors a run on a thread of its own."""

    def __init__(self, run: KeptRun, lease: Lease, say: Callable[[str], None]) -> None:
        self._run = run
        self._lease = lease
        self._journal = Journal(run.bucket, run.key, run.folder)
        self._say = say
        self._is_over = threading.Event()
        self._lost: LostRaceError | None = None
        self._is_away = False

    def check(self) -> None:
        """Raises if another driver has taken the run.

        Raises:
            StorageError: One has.
        """
        if self._lost is not None:
            raise overtaken(self._run.uri, self._lost) from self._lost

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Mirrors for the block."""
        thread = threading.Thread(target=self._keep, name="run-keeper", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def end(self, state: DriverState) -> None:
        """Brings what is left to the bucket, then the whole files, then says how it ended.

        Raises:
            StorageError: The bucket did not take it in time, or another driver has the run.
        """
        deadline_s = time.monotonic() + self._run.patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            self.check()
            try:
                self._beat("running")
                self._deliver()
                self._lease.beat(self._journal.num_rows, self._journal.num_failures, state)
            except LostRaceError as error:
                self._lost = error
            except StorageError as error:
                if time.monotonic() + pause_s > deadline_s:
                    raise StorageError(
                        f"{self._run.uri} to take the end of the run",
                        error.found,
                        f"run the same command again with --resume when the bucket answers: all of "
                        f"it is in {self._run.folder}",
                    ) from error
                self._note_away(error)
                time.sleep(pause_s)
                pause_s *= 2
            else:
                return

    def _keep(self) -> None:
        while not self._is_over.wait(self._run.silence_s / _BEATS):
            try:
                self._beat("running")
            except LostRaceError as error:
                self._lost = error
                return
            except StorageError as error:
                self._note_away(error)
            else:
                if self._is_away:
                    self._is_away = False
                    self._say(f"{self._run.uri} answers again")

    def _beat(self, state: DriverState) -> None:
        self._journal.flush()
        self._lease.beat(self._journal.num_rows, self._journal.num_failures, state)

    def _note_away(self, error: StorageError) -> None:
        if not self._is_away:
            self._is_away = True
            self._say(f"note: {self._run.uri} does not answer, the run goes on: {error.found}")

    def _deliver(self) -> None:
        """Brings the whole files, the record last."""
        mirror, key = self._run.mirror, self._run.key
        meta, pictures = f"{key}/{META_NAME}", f"{key}/{PICTURES_NAME}/"
        mirror.deliver(
            key,
            wanted=lambda each: each != meta and not each.startswith(pictures),
            is_owner=True,
        )
        if (mirror.folder / meta).exists():
            mirror.deliver(meta, is_owner=True)


def has_journal_here(root: Path, key: str) -> bool:
    """Tells whether the file that a key is, below a mirror's folder, is of a run with a journal."""
    return any((root / folder / STATE_NAME).exists() for folder in PurePosixPath(key).parents)
