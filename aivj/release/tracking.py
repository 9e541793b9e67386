"""An experiment in MLflow, its runs by explicit ids: there is no global active run."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aivj.errors import StorageError
from aivj.release.mlflow_client import (
    ServerAwayError,
    mlflow_errors,
    open_client,
    sqlite_path,
    tolerated,
)
from aivj.release.run_notes import MAX_TAG_LENGTH, RunNote, send, shortened
from aivj.release.spool import SPOOLED_AS, Spool
from aivj.release.tracked_run import TrackedRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

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
    ) -> TrackedRun:
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

    def tags(self, run_id: str) -> dict[str, str]:
        """Returns what is said of a run that is here.

        Raises:
            StorageError: The server does not answer, or has no such run.
        """
        with mlflow_errors(self.uri):
            return dict(self.client.get_run(run_id).data.tags)

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

    def attach(self, run_id: str) -> TrackedRun:
        """Returns a handle on a run that was begun elsewhere, for example by another process."""
        return TrackedRun(self, run_id)

    def _begun(self, name: str, tags: Mapping[str, str], parent: str | None) -> TrackedRun:
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
