"""What is recorded of a run, as values that are sent to MLflow now or kept for later."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from aivj.contracts.fields import Count, Number, Omittable
from aivj.contracts.json_text import ContractModel

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHECKPOINT_FOLDER = "checkpoint"
"""Where the run of a fit keeps the net."""

CHECKPOINT_TAG = "checkpoint_digest"
"""Tag with the SHA-256 of that net's file."""

FEATURES_FOLDER = "features"
"""Where a run keeps the table of features beside those of the text."""

MAX_PARAM_LENGTH = 6000
"""Characters of a parameter's value that MLflow's schema has room for."""

MAX_TAG_LENGTH = 8000
"""The same of a tag's."""

_DIGITS_OF_FOLDER = 12

# Further limits of that schema.
_MAX_DATASET_DIGEST_LENGTH = 36
_MAX_PARAMS_PER_CALL = 100
_MAX_METRICS_PER_CALL = 1000


class Metrics(ContractModel):
    """Figures of one step."""

    step: int
    values: dict[str, Number]


class DatasetUsed(ContractModel):
    """What the run learned from or measured; see `TrackedRun.log_dataset`."""

    name: str
    digest: str
    num_rows: Count
    source: str


class Artifact(ContractModel):
    """A file: its path, which is below the folder of the notes where these wait."""

    path: str
    folder: Omittable[str] = Field(default=None, description="Where it is put with the run")


class RunNote(ContractModel):
    """One thing that is recorded of a run. Sent twice it says the same as sent once."""

    at_ms: Count = Field(description="When, in Unix milliseconds")
    params: Omittable[dict[str, str]] = None
    metrics: Omittable[Metrics] = None
    tags: Omittable[dict[str, str]] = None
    dataset: Omittable[DatasetUsed] = None
    artifact: Omittable[Artifact] = None
    ended: Omittable[str] = Field(default=None, description="MLflow's name of how the run ended")


def shortened(value: object, max_length: int) -> str:
    """Returns `value` as text of at most `max_length` characters that says if it was cut."""
    text = str(value)
    if len(text) <= max_length:
        return text
    mark = f"... [cut from {len(text)} characters]"
    return text[: max_length - len(mark)] + mark


def send(client: "MlflowClient", run_id: str, note: RunNote, folder: Path | None = None) -> None:
    """Records a note with a run. Raises what MLflow raises.

    Args:
        client: MLflow's.
        run_id: The run's id there.
        note: The note.
        folder: What an artifact's path is relative to; None for the present folder.
    """
    from mlflow.entities import Metric, Param

    params = [Param(key, value) for key, value in (note.params or {}).items()]
    for start in range(0, len(params), _MAX_PARAMS_PER_CALL):
        client.log_batch(run_id, params=params[start : start + _MAX_PARAMS_PER_CALL])
    if note.metrics is not None:
        step, values = note.metrics.step, note.metrics.values
        metrics = [Metric(key, value, note.at_ms, step) for key, value in values.items()]
        for start in range(0, len(metrics), _MAX_METRICS_PER_CALL):
            client.log_batch(run_id, metrics=metrics[start : start + _MAX_METRICS_PER_CALL])
    for key, value in (note.tags or {}).items():
        client.set_tag(run_id, key, value)
    if note.dataset is not None:
        _send_dataset(client, run_id, note.dataset)
    if note.artifact is not None:
        path = Path(note.artifact.path)
        client.log_artifact(run_id, str(folder / path if folder else path), note.artifact.folder)
    if note.ended is not None:
        client.set_terminated(run_id, note.ended, end_time=note.at_ms)


def _send_dataset(client: "MlflowClient", run_id: str, used: DatasetUsed) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(
        name=used.name,
        digest=used.digest[:_MAX_DATASET_DIGEST_LENGTH],
        source_type="local",
        source=json.dumps({"uri": used.source}),
        profile=json.dumps({"num_rows": used.num_rows}),
    )
    # MLflow's page looks for the context, which says what the data were used for.
    tags = [InputTag("mlflow.data.context", "training"), InputTag("sha256", used.digest)]
    client.log_inputs(run_id, [DatasetInput(dataset, tags)])


def quality_folder(digest: str) -> str:
    """Returns the folder of a run that keeps scores, by their SHA-256."""
    return f"quality/{digest[:_DIGITS_OF_FOLDER]}"
