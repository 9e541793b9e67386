"""Runs that wait on this disk because the tracking server was away.

Each has a folder: `run.json` says what run it is, `notes.jsonl` what is recorded of it, `files`
holds its artifacts. Whoever writes there holds the folder's lock, so that what is delivered is
whole, and a writer that was killed is known to be dead. Delivering may be interrupted at any
moment and begun again: a run that was made on the server bears the name that it had here.
"""

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from aivj.contracts.fields import Count, Omittable
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, validated
from aivj.contracts.jsonl_log import JsonlLog, read_jsonl
from aivj.errors import StorageError
from aivj.release.experiment import SPOOLED_AS, Experiment
from aivj.release.run_notes import Artifact, RunNote
from aivj.storage import resolve_under, storage_errors, write_atomic
from aivj.storage.file_lock import file_lock

_HEAD, _NOTES, _FILES, _LOCK = "run.json", "notes.jsonl", "files", ".lock"
_LOCK_TIMEOUT_S = 10.0


class WaitingHead(ContractModel):
    """Which run it is."""

    uri: str = Field(description="The tracking server's")
    experiment: str
    run_id: Omittable[str] = Field(default=None, description="Its id there, if it was begun there")
    spooled_as: str = Field(description="Its name here")
    name: str = ""
    parent: Omittable[str] = Field(default=None, description="Run id, or name here, of its parent")
    started_ms: Count


class WaitingRun:
    """A run whose notes are kept here."""

    def __init__(self, folder: Path, head: WaitingHead) -> None:
        self.folder = folder
        self._num_files = 0
        self._exit = contextlib.ExitStack()
        with storage_errors(folder):
            folder.mkdir(parents=True)
        self._exit.enter_context(file_lock(folder / _LOCK, timeout_s=_LOCK_TIMEOUT_S))
        # What has no head yet is looked at by nobody.
        write_atomic(folder / _HEAD, document_bytes(head))
        self._notes = self._exit.enter_context(JsonlLog[RunNote](folder / _NOTES))

    def add(self, note: RunNote) -> None:
        """Keeps a note, and the file that it names.

        Raises:
            StorageError: The disk did not take it.
        """
        if note.artifact is not None:
            path = self._kept(Path(note.artifact.path))
            artifact = Artifact(path=path, folder=note.artifact.folder)
            note = note.model_copy(update={"artifact": artifact})
        self._notes.append(note)

    def close(self) -> None:
        """Lets the run be delivered."""
        self._exit.close()

    def _kept(self, path: Path) -> str:
        self._num_files += 1
        kept = Path(_FILES, str(self._num_files), path.name)
        with storage_errors(self.folder / kept):
            (self.folder / kept).parent.mkdir(parents=True)
            shutil.copyfile(path, self.folder / kept)
        return str(kept)


@dataclass(frozen=True)
class Spool:
    """Where runs of one experiment wait.

    Attributes:
        folder: Below it each run has a folder of its own.
        uri: The tracking server's.
        experiment: The experiment's name.
    """

    folder: Path
    uri: str
    experiment: str

    def begin(self, name: str, parent: str | None) -> tuple[str, WaitingRun]:
        """Keeps a run that could not be begun on the server; returns its name here as well."""
        spooled_as = f"spooled-{uuid.uuid4().hex}"
        return spooled_as, self._waiting(spooled_as, name=name, parent=parent)

    def take_over(self, run_id: str) -> WaitingRun:
        """Keeps what is still to be recorded of a run that was begun on the server."""
        return self._waiting(f"spooled-{uuid.uuid4().hex}", run_id=run_id)

    def _waiting(
        self,
        spooled_as: str,
        *,
        run_id: str | None = None,
        name: str = "",
        parent: str | None = None,
    ) -> WaitingRun:
        now_ns = time.time_ns()
        head = WaitingHead(
            uri=self.uri,
            experiment=self.experiment,
            run_id=run_id,
            spooled_as=spooled_as,
            name=name,
            parent=parent,
            started_ms=now_ns // 1_000_000,
        )
        # Parents come before their children when the names are sorted.
        return WaitingRun(self.folder / f"{now_ns}-{spooled_as}", head)


@dataclass(frozen=True)
class Delivery:
    """What became of a run that waited.

    Attributes:
        folder: Where it waited.
        uri: The server that has it; None if it is still being written here.
        run_id: Its id there.
    """

    folder: Path
    uri: str | None
    run_id: str | None


def waiting_runs(folder: Path) -> list[Path]:
    """Returns the folders of the runs that wait below `folder`, the oldest first."""
    return [path.parent for path in sorted(folder.glob(f"*/{_HEAD}"))]


def forget(waiting: Path) -> None:
    """Removes a run that waits; nobody will deliver it.

    Raises:
        StorageError: It is being written or delivered, or cannot be removed.
    """
    with file_lock(waiting / _LOCK, timeout_s=0), storage_errors(waiting):
        (waiting / _HEAD).unlink()
        shutil.rmtree(waiting)


def deliver(folder: Path, open_experiment: Callable[[str, str], Experiment]) -> Iterator[Delivery]:
    """Sends all runs that wait below `folder` to their servers, the oldest first.

    What was sent is removed here.

    Args:
        folder: As `Spool.folder`.
        open_experiment: Opens the experiment of a server's URI and a name.

    Raises:
        StorageError: A server is away, or does not take a run; it goes on waiting.
        InputError: A run's `run.json` was damaged.
    """
    experiments: dict[tuple[str, str], Experiment] = {}
    for waiting in waiting_runs(folder):
        path = waiting / _HEAD
        try:
            lock = contextlib.ExitStack()
            lock.enter_context(file_lock(waiting / _LOCK, timeout_s=0))
        except StorageError:
            yield Delivery(waiting, None, None)
            continue
        with lock:
            if not path.exists():  # somebody else has delivered it meanwhile
                shutil.rmtree(waiting, ignore_errors=True)
                continue
            head = validated(WaitingHead, read_object(path), str(path))
            key = (head.uri, head.experiment)
            experiment = experiments.get(key) or experiments.setdefault(key, open_experiment(*key))
            run_id = _delivered(waiting, head, experiment)
            with storage_errors(waiting):
                # First: what is removed by half must not be delivered again by half.
                path.unlink()
                shutil.rmtree(waiting)
        yield Delivery(waiting, head.uri, run_id)


def _delivered(folder: Path, head: WaitingHead, experiment: Experiment) -> str:
    run_id = head.run_id or experiment.spooled_run(head.spooled_as) or _begun(head, experiment)
    path = folder / _NOTES
    notes = read_jsonl(path, RunNote).rows if path.exists() else []
    for note in notes:
        if note.artifact is not None:
            resolve_under(folder, note.artifact.path)
        experiment.send(run_id, note, folder)
    if not any(note.ended for note in notes):
        # Its writer is dead, or it would hold the lock.
        last_ms = notes[-1].at_ms if notes else head.started_ms
        experiment.send(run_id, RunNote(at_ms=last_ms, ended="KILLED"))
    return run_id


def _begun(head: WaitingHead, experiment: Experiment) -> str:
    tags: Mapping[str, str] = {SPOOLED_AS: head.spooled_as}
    parent = head.parent and (experiment.spooled_run(head.parent) or head.parent)
    return experiment.create_run(head.name, tags=tags, parent=parent, started_ms=head.started_ms)
