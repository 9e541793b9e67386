"""Runs in MLflow, by explicit run ids: there is no global active run."""

import asyncio
import contextlib
import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aivj.errors import RunError, StorageError
from aivj.release.mlflow_client import (
    ServerAwayError,
    mlflow_errors,
    open_client,
    sqlite_path,
    tolerated,
)
from aivj.release.run_notes import Artifact, DatasetUsed, Metrics, RunNote, send
from aivj.release.spool import SPOOLED_AS, Spool, WaitingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

# Limits of MLflow's own schema.
_MAX_PARAM_LENGTH = 6000
_MAX_TAG_LENGTH = 8000
# Lets MLflow's page show runs, metrics and models instead of traces and prompts.
_EXPERIMENT_TAGS = {"mlflow.experimentKind": "custom_model_development"}


class Tracker:
    """One experiment of a tracking server. Safe to make anew in every process.

    Attributes:
        uri: The server's URI.
        client: MLflow's client, for what is not wrapped here.
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

        With SQLite, artifacts lie in the folder `artifacts` beside the file.

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
        self.uri = uri
        self.client: MlflowClient = open_client(uri)
        self.spool = None if spool is None else Spool(spool, uri, experiment)
        self.is_away = False
        self._origin = dict(origin or {})
        self._experiment = experiment
        self._experiment_id: str | None = None
        with self.giving_up():
            _ = self.experiment_id

    @property
    def experiment_id(self) -> str:
        """The experiment's id. Raises `StorageError` when the server does not answer."""
        if self._experiment_id is None:
            with mlflow_errors(self.uri):
                name = self._experiment
                self._experiment_id = self._found(name) or self._created(name)
        return self._experiment_id

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
        shown = {key: _cut(value, _MAX_TAG_LENGTH) for key, value in told.items()}
        run = self._begun(name, shown, parent)
        run.log_params(params)
        return run

    def create_run(
        self,
        name: str,
        *,
        tags: Mapping[str, str],
        parent: str | None = None,
        started_ms: int | None = None,
    ) -> str:
        """Begins a run on the server, at a time or now; returns its id.

        Raises:
            StorageError: The server does not answer.
        """
        lineage = {} if parent is None else {"mlflow.parentRunId": parent}
        with mlflow_errors(self.uri):
            made = self.client.create_run(
                self.experiment_id,
                run_name=name,
                tags={**tags, **lineage},
                start_time=started_ms,
            )
        return str(made.info.run_id)

    def spooled_run(self, spooled_as: str) -> str | None:
        """Returns the id of the run that had this name while it waited; None if there is none.

        Raises:
            StorageError: The server does not answer.
        """
        return self.run_tagged(SPOOLED_AS, spooled_as)

    def known_run(self, run_id: str) -> str | None:
        """Returns the id of a run that is here, also by the name that it had while it waited.

        Raises:
            StorageError: The server does not answer.
        """
        with mlflow_errors(self.uri), tolerated("RESOURCE_DOES_NOT_EXIST"):
            return str(self.client.get_run(run_id).info.run_id)
        return self.spooled_run(run_id)

    def run_tagged(self, key: str, value: str) -> str | None:
        """Returns the id of the newest run with this tag; None if there is none.

        Raises:
            StorageError: The server does not answer.
        """
        with mlflow_errors(self.uri):
            found = self.client.search_runs(
                [self.experiment_id],
                f"tags.`{key}` = '{value}'",
                max_results=1,
                order_by=["attributes.start_time DESC"],
            )
        return str(found[0].info.run_id) if found else None

    def artifacts(self, run_id: str, folder: str) -> dict[str, bytes]:
        """Returns the files that a run keeps in a folder, by name; none if there is no such folder.

        Raises:
            StorageError: The server does not answer.
        """
        with mlflow_errors(self.uri), tempfile.TemporaryDirectory() as local:
            listed = self.client.list_artifacts(run_id, folder)
            paths = [
                Path(self.client.download_artifacts(run_id, item.path, local))
                for item in listed
                if not item.is_dir
            ]
            return {path.name: path.read_bytes() for path in paths}

    def send(self, run_id: str, note: RunNote, folder: Path | None = None) -> None:
        """Records a note with a run; see `aivj.release.run_notes.send`.

        Raises:
            StorageError: The server does not answer, or does not take it.
        """
        with mlflow_errors(self.uri):
            send(self.client, run_id, note, folder)

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

    def _found(self, experiment: str) -> str | None:
        found = self.client.get_experiment_by_name(experiment)
        if found is not None and found.lifecycle_stage != "active":
            raise StorageError(
                f"the experiment {experiment!r} at {self.uri}",
                "one that was deleted",
                f"restore it: mlflow experiments restore -x {found.experiment_id}",
            )
        if found is None:
            return None
        for key, value in _EXPERIMENT_TAGS.items():
            # A kind that somebody chose, or the page itself, stands.
            if key not in found.tags:
                self.client.set_experiment_tag(found.experiment_id, key, value)
        return str(found.experiment_id)

    def _created(self, experiment: str) -> str:
        from mlflow.exceptions import MlflowException

        database = sqlite_path(self.uri)
        location = (database.parent / "artifacts").as_uri() if database else None
        try:
            return str(
                self.client.create_experiment(
                    experiment, artifact_location=location, tags=_EXPERIMENT_TAGS
                )
            )
        except MlflowException:
            # Another process may have made it between our look and our try.
            if (existing := self._found(experiment)) is not None:
                return existing
            raise


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
        self._note(params={key: _cut(value, _MAX_PARAM_LENGTH) for key, value in params.items()})

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
        self._note(tags={key: _cut(value, _MAX_TAG_LENGTH) for key, value in tags.items()})

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


def _cut(value: object, max_length: int) -> str:
    """Returns `value` as text of at most `max_length` characters that says if it was cut."""
    text = str(value)
    if len(text) <= max_length:
        return text
    mark = f"... [cut from {len(text)} characters]"
    return text[: max_length - len(mark)] + mark
