"""Who may write a run that is kept in a bucket: one driver at a time, told by its heartbeat."""

import contextlib
import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from aivj.contracts.heartbeat import DriverState, Heartbeat
from aivj.contracts.json_text import document_bytes, iso_utc, parse_json, parse_time, validated
from aivj.errors import InputError, LostRaceError, RunError
from aivj.runs.clock import Clock
from aivj.storage import Bucket, write_atomic

_SCRATCH_NAME = ".scratch"
_LOOKS = 12
# Clocks of two machines may differ by so much; who has been silent for longer is not waited for.
_CLOCKS_DIFFER_S = 300.0


class Lease:
    """The right to write a run, held by whoever's heartbeat is in the bucket.

    Args:
        bucket: Where the run is kept.
        key: Of the heartbeat.
        folder: Where the run is worked on. Who holds its lock is the only one there, so that an
            earlier driver of the same folder is dead.
        silence_s: Who says nothing for so long is dead.
        clock: The time.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        bucket: Bucket,
        key: str,
        folder: Path,
        *,
        silence_s: float,
        clock: Clock = Clock(),  # noqa: B008 - frozen
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._folder = folder
        self._silence_s = silence_s
        self._clock = clock
        self._sleep = sleep
        self._etag: str | None = None
        now = iso_utc(clock.now())
        self._beat = Heartbeat(
            driver=secrets.token_hex(8),
            scratch=_scratch_name(folder),
            host=socket.gethostname(),
            started_at=now,
            beat_at=now,
            num_rows=0,
            num_failures=0,
            state="running",
        )

    def take(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Takes the run, at once if nobody has it, else as soon as whoever has it is dead.

        Args:
            say: Told that it has to be waited, and for how long.

        Raises:
            RunError: Another driver is alive.
            StorageError: The bucket does not answer.
        """
        found = self._read()
        if found is not None and not self._is_free(found[0]):
            say(f"waiting up to {self._silence_s:.0f} s: {_told(found[0])} may yet be alive")
            waited_s = 0.0
            while waited_s < self._silence_s:
                self._sleep(self._silence_s / _LOOKS)
                waited_s += self._silence_s / _LOOKS
                now = self._read()
                if now is None or now[0].state != "running":
                    found = now
                    break
                if now[1] != found[1]:
                    raise self._taken(now[0])
        self._etag = None if found is None else found[1]
        try:
            self._write(self._beat)
        except LostRaceError as error:
            other = self._read()
            raise (error if other is None else self._taken(other[0])) from error

    def beat(self, num_rows: int, num_failures: int, state: DriverState = "running") -> None:
        """Says that the driver lives, or how it ended.

        Raises:
            LostRaceError: Another driver has taken the run.
            StorageError: The bucket does not answer.
        """
        self._write(
            self._beat.model_copy(
                update={
                    "beat_at": iso_utc(self._clock.now()),
                    "num_rows": num_rows,
                    "num_failures": num_failures,
                    "state": state,
                }
            )
        )

    def _write(self, beat: Heartbeat) -> None:
        self._etag = self._bucket.swap(self._key, document_bytes(beat), self._etag)

    def _read(self) -> tuple[Heartbeat, str] | None:
        found = self._bucket.get(self._key)
        if found is None:
            return None
        source = f"{self._bucket.uri}/{self._key}"
        return validated(Heartbeat, parse_json(found[0], source), source), found[1]

    def _is_free(self, other: Heartbeat) -> bool:
        if other.state != "running" or other.scratch == self._beat.scratch:
            return True
        with contextlib.suppress(InputError):
            silent = self._clock.now() - parse_time(other.beat_at)
            return silent > timedelta(seconds=self._silence_s + _CLOCKS_DIFFER_S)
        return False

    def _taken(self, other: Heartbeat) -> RunError:
        place = f"{self._bucket.uri}/{self._key}".rpartition("/")[0]
        return RunError(
            f"to be the only driver of {place}",
            f"{_told(other)}, which is alive",
            "wait for it, end it, or choose another --out-dir",
        )


def _told(other: Heartbeat) -> str:
    return f"a driver on {other.host} with {other.num_rows} rows, last heard at {other.beat_at}"


def _scratch_name(folder: Path) -> str:
    """Returns the name that the folder was given when a run was first worked on in it."""
    path = folder / _SCRATCH_NAME
    with contextlib.suppress(OSError):
        return path.read_text(encoding="ascii")
    name = secrets.token_hex(8)
    write_atomic(path, name.encode())
    return name
