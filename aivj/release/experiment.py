"""One experiment of a tracking server: what it is told of runs, and what it says of them.

Runs go by explicit ids: there is no global active run.
"""

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aivj.errors import StorageError
from aivj.release.mlflow_client import mlflow_errors, open_client, sqlite_path, tolerated
from aivj.release.run_notes import RunNote, send
from aivj.storage import sha256_hex

if TYPE_CHECKING:
    from mlflow import MlflowClient

SPOOLED_AS = "aivj.spooled_as"
"""Tag with the name that a run had while it waited; see `aivj.release.spool`."""

RELATIVE_TOLERANCE = 1e-9
"""Largest difference of a metric, as a share of it: not every database keeps each digit."""

# Lets MLflow's page show runs, metrics and models instead of traces and prompts.
_EXPERIMENT_TAGS = {"mlflow.experimentKind": "custom_model_development"}
_SHOWN_DIGITS = 12


class Experiment:
    """One experiment of a tracking server. Safe to make anew in every process.

    Attributes:
        uri: The server's URI.
        client: MLflow's client, for what is not wrapped here.
    """

    def __init__(self, uri: str, name: str = "aivj") -> None:
        """Opens the server; the experiment is made when it is first used, if it is new.

        With SQLite, artifacts lie in the folder `artifacts` beside the file.

        Args:
            uri: The server's URI.
            name: The experiment's name.

        Raises:
            InputError: The URI is of no kind that is known here.
            StorageError: An SQLite file cannot be opened.
        """
        self.uri = uri
        self.client: MlflowClient = open_client(uri)
        self._name = name
        self._experiment_id: str | None = None

    @property
    def experiment_id(self) -> str:
        """The experiment's id.

        Raises:
            StorageError: The server does not answer, or the experiment was deleted there.
        """
        if self._experiment_id is None:
            with mlflow_errors(self.uri):
                self._experiment_id = self._found() or self._created()
        return self._experiment_id

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

    def recorded_otherwise(
        self,
        run_id: str,
        metrics: Mapping[str, float],
        files: Mapping[str, Sequence[Path]],
    ) -> list[str]:
        """Returns what a run has otherwise on the server; empty if it has all of it so.

        Args:
            run_id: The run.
            metrics: What each has to be last, within `RELATIVE_TOLERANCE`.
            files: Files on this disk by the folder that the run keeps them in; byte for byte.

        Raises:
            StorageError: The server does not answer.
        """
        with mlflow_errors(self.uri):
            recorded = self.client.get_run(run_id).data.metrics
        kept = {folder: self.artifacts(run_id, folder) for folder in files}
        return [*_other_metrics(recorded, metrics), *_other_files(kept, files)]

    def _found(self) -> str | None:
        found = self.client.get_experiment_by_name(self._name)
        if found is not None and found.lifecycle_stage != "active":
            raise StorageError(
                f"the experiment {self._name!r} at {self.uri}",
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

    def _created(self) -> str:
        from mlflow.exceptions import MlflowException

        database = sqlite_path(self.uri)
        location = (database.parent / "artifacts").as_uri() if database else None
        try:
            return str(
                self.client.create_experiment(
                    self._name, artifact_location=location, tags=_EXPERIMENT_TAGS
                )
            )
        except MlflowException:
            # Another process may have made it between our look and our try.
            if (existing := self._found()) is not None:
                return existing
            raise


def _other_metrics(recorded: Mapping[str, float], metrics: Mapping[str, float]) -> Iterator[str]:
    for name, value in metrics.items():
        found = recorded.get(name)
        if found is None:
            yield f"no {name}"
        elif not math.isclose(found, value, rel_tol=RELATIVE_TOLERANCE):
            yield f"{name} {found!r}, not {value!r}"


def _other_files(
    kept: Mapping[str, Mapping[str, bytes]], files: Mapping[str, Sequence[Path]]
) -> Iterator[str]:
    for folder, paths in files.items():
        for path in paths:
            found, wanted = kept[folder].get(path.name), path.read_bytes()
            if found is None:
                yield f"no {folder}/{path.name}"
            elif found != wanted:
                digests = [sha256_hex(data)[:_SHOWN_DIGITS] for data in (found, wanted)]
                yield f"{folder}/{path.name} sha256 {digests[0]}, not {digests[1]}"
