"""Runs that are recorded as they go, also while the tracking server is away."""

import asyncio
import contextlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aivj.errors import RunError, StorageError
from aivj.release.experiment import Experiment
from aivj.release.mlflow_client import ServerAwayError
from aivj.release.run_notes import (
    MAX_PARAM_LENGTH,
    MAX_TAG_LENGTH,
    Artifact,
    DatasetUsed,
    Metrics,
    RunNote,
    shortened,
)
from aivj.release.spool import Spool, WaitingRun


class Tracker(Experiment):
    """An experiment that runs are begun in.

    Attributes:
        spool: Where runs wait if the server is away; None if that is an error.
        is_away: Whether the server was given up: from then on all that is recorded waits.
    """

    def __init__(
        self,
        uri: str,
        experiment: str = "aivj",
        *,
        spool: Path | None = None,
        origin: Mapping[str, str] | None = None,
    ) -> None:
        """Opens the server, and makes the experiment if it is new.

        Args:
            uri: The server's URI.
            experiment: The experiment's name.
            spool: Folder for runs that wait until the server is back; see `aivj.release.spool`.
            origin: Tags for every run that is begun here; see `aivj.release.origin`.

        Raises:
            InputError: The URI is of no kind that is known here.
            StorageError: The experiment was deleted on the server; or the server does not answer,
                and there is no spool.
        """
        super().__init__(uri, experiment)
        self.spool = None if spool is None else Spool(spool, uri, experiment)
        self.is_away = False
        self._origin = dict(origin or {})
        with self.giving_up():
            _ = self.experiment_id

    def start(
        self,
        name: str,
        *,
        params: Mapping[str, object],
        tags: Mapping[str, str],
        parent: str | None = None,
    ) -> "TrackedRun":
        """Begins a run; use it as a context manager to end it.

        Args:
            name: Name to show.
            params: What the run was given. Values that are too long are cut, visibly.
            tags: What is known of it beforehand.
            parent: Id of the run it is a part of.

        Raises:
            StorageError: The server does not answer, and there is no spool.
        """
        told = {**self._origin, **tags}
        shown = {key: shortened(value, MAX_TAG_LENGTH) for key, value in told.items()}
        run = self._begun(name, shown, parent)
        run.log_params(params)
        return run

    @contextlib.contextmanager
    def giving_up(self) -> Iterator[None]:
        """Gives a server that is away in the block up, where there is a spool."""
        try:
            yield
        except ServerAwayError:
            if self.spool is None:
                raise
            self.is_away = True

    def attach(self, run_id: str) -> "TrackedRun":
        """Returns a handle on a run that was begun elsewhere, for example by another process."""
        return TrackedRun(self, run_id)

    def _begun(self, name: str, tags: Mapping[str, str], parent: str | None) -> "TrackedRun":
        if not self.is_away:
            with self.giving_up():
                return self.attach(self.create_run(name, tags=tags, parent=parent))
        assert self.spool is not None  # noqa: S101 - or the server were not given up
        run = TrackedRun(self, *self.spool.begin(name, parent))
        run.set_tags(tags)
        return run


class TrackedRun:
    """One run. As a context manager it ends as finished, failed or killed, as the block did.

    Every method raises `StorageError` when the server does not take what it is given, or does not
    answer and there is no spool.

    Attributes:
        run_id: The run's id, or its name in the spool if it could not be begun on the server.
    """

    def __init__(self, tracker: Tracker, run_id: str, waiting: WaitingRun | None = None) -> None:
        self._tracker = tracker
        self._waiting = waiting
        self.run_id = run_id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._end("FINISHED")
            return
        killed = isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
        try:
            self.set_tag("error", f"{type(error).__name__}: {error}")
            self._end("KILLED" if killed else "FAILED")
        except StorageError as unsaved:
            # The block's own error is the one to tell.
            error.add_note(f"MLflow still shows run {self.run_id} as running: {unsaved}")

    def log_params(self, params: Mapping[str, object]) -> None:
        """Records what the run was given. Values that are too long are cut, visibly."""
        self._note(
            params={key: shortened(value, MAX_PARAM_LENGTH) for key, value in params.items()}
        )

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        """Records figures of one step, an epoch for example, in one call.

        Raises:
            RunError: One of them is NaN or infinite; none is recorded.
        """
        unusable = {name: value for name, value in metrics.items() if not math.isfinite(value)}
        if unusable:
            raise RunError(
                f"finite metrics at step {step}",
                ", ".join(f"{name} = {value}" for name, value in unusable.items()),
                "find what made the figure so (a learning rate that is too high, empty data)",
            )
        values = {name: float(value) for name, value in metrics.items()}
        self._note(metrics=Metrics(step=step, values=values))

    def log_artifact(self, path: Path, folder: str | None = None) -> str:
        """Stores a file with the run and returns its path there: `folder/name`."""
        self._note(artifact=Artifact(path=str(path), folder=folder))
        return path.name if folder is None else f"{folder}/{path.name}"

    def log_dataset(self, name: str, *, digest: str, num_rows: int, source: str) -> None:
        """Records what the run learned from or measured.

        Args:
            name: What to call the data.
            digest: SHA-256 of them. MLflow's own field shows its first 36 digits, the tag
                `sha256` all of them.
            num_rows: How many rows they have.
            source: Where they lie.
        """
        used = DatasetUsed(name=name, digest=digest, num_rows=num_rows, source=source)
        self._note(dataset=used)

    def set_tag(self, key: str, value: str) -> None:
        """Sets a tag, cut visibly where it is too long."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Sets tags; see `set_tag`."""
        self._note(tags={key: shortened(value, MAX_TAG_LENGTH) for key, value in tags.items()})

    def require_recorded(
        self, metrics: Mapping[str, float], files: Mapping[str, Sequence[Path]]
    ) -> None:
        """Reads the run back, and compares it; what waits for the server is not compared.

        Args:
            metrics: What each has to be last.
            files: What it has to keep, by folder.

        Raises:
            StorageError: The server has something else.
        """
        tracker = self._tracker
        if self._waiting is not None or tracker.is_away:
            return
        with tracker.giving_up():
            others = tracker.recorded_otherwise(self.run_id, metrics, files)
            if others:
                raise StorageError(
                    f"run {self.run_id} at {tracker.uri} to have what it was given",
                    "; ".join(others),
                    "look after the server and its store of artifacts, then run the command again; "
                    "the files on this disk are whole",
                )

    def _end(self, status: str) -> None:
        self._note(ended=status)
        if self._waiting is not None:
            self._waiting.close()

    def _note(self, **fields: Any) -> None:
        note = RunNote(at_ms=time.time_ns() // 1_000_000, **fields)
        tracker = self._tracker
        if self._waiting is None and not tracker.is_away:
            with tracker.giving_up():
                tracker.send(self.run_id, note)
                return
        if self._waiting is None:
            assert tracker.spool is not None  # noqa: S101 - or the server were not given up
            self._waiting = tracker.spool.take_over(self.run_id)
        self._waiting.add(note)
