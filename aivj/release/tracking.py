"""Runs in MLflow, by explicit run ids: there is no global active run."""

import asyncio
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from aivj.errors import RunError, StorageError
from aivj.release.mlflow_client import mlflow_errors, open_client, sqlite_path

if TYPE_CHECKING:
    from mlflow import MlflowClient

# Limits of MLflow's own schema.
_MAX_PARAM_LENGTH = 6000
_MAX_TAG_LENGTH = 8000
_MAX_DATASET_DIGEST_LENGTH = 36
_MAX_PARAMS_PER_CALL = 100
_MAX_METRICS_PER_CALL = 1000

T = TypeVar("T")


class Tracker:
    """One experiment of a tracking server. Safe to make anew in every process.

    Attributes:
        uri: The server's URI.
        client: MLflow's client, for what is not wrapped here.
        experiment_id: The experiment's id.
    """

    def __init__(self, uri: str, experiment: str = "aivj") -> None:
        """Opens the server, and makes the experiment if it is new.

        With SQLite, artifacts lie in the folder `artifacts` beside the file.

        Raises:
            InputError: The URI is of no kind that is known here.
            StorageError: The server does not answer, or the experiment was deleted there.
        """
        self.uri = uri
        self.client: MlflowClient = open_client(uri)
        with mlflow_errors(uri):
            self.experiment_id = self._found(experiment) or self._created(experiment)

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
            StorageError: The server does not answer.
        """
        shown = {key: _cut(value, _MAX_TAG_LENGTH) for key, value in tags.items()}
        lineage = {} if parent is None else {"mlflow.parentRunId": parent}
        with mlflow_errors(self.uri):
            made = self.client.create_run(
                self.experiment_id, run_name=name, tags={**shown, **lineage}
            )
        run = self.attach(made.info.run_id)
        run.log_params(params)
        return run

    def attach(self, run_id: str) -> "TrackedRun":
        """Returns a handle on a run that was begun elsewhere, for example by another process."""
        return TrackedRun(self, run_id)

    def _found(self, experiment: str) -> str | None:
        found = self.client.get_experiment_by_name(experiment)
        if found is not None and found.lifecycle_stage != "active":
            raise StorageError(
                f"the experiment {experiment!r} at {self.uri}",
                "one that was deleted",
                f"restore it: mlflow experiments restore -x {found.experiment_id}",
            )
        return None if found is None else str(found.experiment_id)

    def _created(self, experiment: str) -> str:
        from mlflow.exceptions import MlflowException

        database = sqlite_path(self.uri)
        location = (database.parent / "artifacts").as_uri() if database else None
        try:
            return str(self.client.create_experiment(experiment, artifact_location=location))
        except MlflowException:
            # Another process may have made it between our look and our try.
            if (existing := self._found(experiment)) is not None:
                return existing
            raise


class TrackedRun:
    """One run. As a context manager it ends as finished, failed or killed, as the block did.

    Every method raises `StorageError` when the server does not answer or take what it is given.

    Attributes:
        run_id: The run's id.
    """

    def __init__(self, tracker: Tracker, run_id: str) -> None:
        self._tracker = tracker
        self._client = tracker.client
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
        from mlflow.entities import Param

        rows = [Param(key, _cut(value, _MAX_PARAM_LENGTH)) for key, value in params.items()]
        with mlflow_errors(self._tracker.uri):
            for chunk in _chunks(rows, _MAX_PARAMS_PER_CALL):
                self._client.log_batch(self.run_id, params=chunk)

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        """Records figures of one step, an epoch for example, in one call.

        Raises:
            RunError: One of them is NaN or infinite; none is recorded.
        """
        from mlflow.entities import Metric

        unusable = {name: value for name, value in metrics.items() if not math.isfinite(value)}
        if unusable:
            raise RunError(
                f"finite metrics at step {step}",
                ", ".join(f"{name} = {value}" for name, value in unusable.items()),
                "find what made the figure so (a learning rate that is too high, empty data)",
            )
        now_ms = time.time_ns() // 1_000_000
        rows = [Metric(name, float(value), now_ms, step) for name, value in metrics.items()]
        with mlflow_errors(self._tracker.uri):
            for chunk in _chunks(rows, _MAX_METRICS_PER_CALL):
                self._client.log_batch(self.run_id, metrics=chunk)

    def log_artifact(self, path: Path, folder: str | None = None) -> str:
        """Stores a file with the run and returns its path there: `folder/name`."""
        with mlflow_errors(self._tracker.uri):
            self._client.log_artifact(self.run_id, str(path), folder)
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
        from mlflow.entities import Dataset, DatasetInput, InputTag

        dataset = Dataset(
            name=name,
            digest=digest[:_MAX_DATASET_DIGEST_LENGTH],
            source_type="local",
            source=source,
            profile=json.dumps({"num_rows": num_rows}),
        )
        with mlflow_errors(self._tracker.uri):
            self._client.log_inputs(
                self.run_id, [DatasetInput(dataset, [InputTag("sha256", digest)])]
            )

    def set_tag(self, key: str, value: str) -> None:
        """Sets a tag, cut visibly where it is too long."""
        with mlflow_errors(self._tracker.uri):
            self._client.set_tag(self.run_id, key, _cut(value, _MAX_TAG_LENGTH))

    def _end(self, status: str) -> None:
        with mlflow_errors(self._tracker.uri):
            self._client.set_terminated(self.run_id, status)


def _cut(value: object, max_length: int) -> str:
    """Returns `value` as text of at most `max_length` characters that says if it was cut."""
    text = str(value)
    if len(text) <= max_length:
        return text
    mark = f"... [cut from {len(text)} characters]"
    return text[: max_length - len(mark)] + mark


def _chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
