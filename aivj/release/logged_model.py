"""A model that others load by MLflow alone: `mlflow.pyfunc.load_model("models:/NAME@champion")`.

It belongs to the run of its fit, and holds what its loader module reads, a signature, an example
and the scores that it gave. It has an id of its own, so that what the run recorded stays as it is.
"""

import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from aivj.release.mlflow_client import mlflow_errors
from aivj.release.tracking import Tracker

_KIND = "coupling-net"
# What the loader module needs; `aivj` itself has to be installed from its repository.
_NEEDED = (
    "aivj",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "safetensors",
    "scikit-learn",
    "torch",
)


@dataclass(frozen=True, kw_only=True)
class ServableModel:
    """What is to be loaded again.

    Attributes:
        data: Folder that the loader module reads.
        loader_module: Name of the module with `_load_pyfunc`.
        example: Columns of an input table, texts or numbers, by name.
        output: Name of the column of numbers that comes out.
        scores: File of the scores that it gave; kept beside it.
        params: What to say of it.
    """

    data: Path
    loader_module: str
    example: Mapping[str, Sequence[str | float]]
    output: str
    scores: Path
    params: Mapping[str, str]


def log_model(tracker: Tracker, run_id: str, name: str, model: ServableModel) -> tuple[str, str]:
    """Keeps a model as an output of a run; returns its id, and where its files lie.

    Raises:
        StorageError: The server does not answer, or does not take it.
    """
    from mlflow.entities import LoggedModelOutput

    client = tracker.client
    with mlflow_errors(tracker.uri), tempfile.TemporaryDirectory(prefix="aivj-model-") as folder:
        made = client.create_logged_model(
            tracker.experiment_id,
            name=name,
            source_run_id=run_id,
            params=dict(model.params),
            model_type=_KIND,
        )
        _write(Path(folder, "model"), model, run_id=run_id, model_id=made.model_id)
        client.log_model_artifacts(made.model_id, str(Path(folder, "model")))
        client.finalize_logged_model(made.model_id, "READY")
        client.log_outputs(run_id, [LoggedModelOutput(made.model_id, step=0)])
    return str(made.model_id), str(made.artifact_location)


def _write(folder: Path, model: ServableModel, *, run_id: str, model_id: str) -> None:
    """Writes a folder that `mlflow.pyfunc` loads."""
    with warnings.catch_warnings():
        # MLflow 3.17 warns of its own type hints and of how it calls pandas; remove this when it no
        # longer does.
        warnings.simplefilter("ignore")
        import mlflow.pyfunc
        import pandas as pd
        from mlflow.models import Model, ModelSignature
        from mlflow.types import ColSpec, Schema

        signature = ModelSignature(
            inputs=Schema(
                [ColSpec(_column_type(v), column) for column, v in model.example.items()]
            ),
            outputs=Schema([ColSpec("double", model.output)]),
        )
        mlflow.pyfunc.save_model(
            folder,
            loader_module=model.loader_module,
            data_path=str(model.data),
            mlflow_model=Model(run_id=run_id, model_id=model_id, signature=signature),
            signature=signature,
            input_example=pd.DataFrame({name: list(v) for name, v in model.example.items()}),
            pip_requirements=_requirements(),
        )
    shutil.copy(model.scores, folder / model.scores.name)


def _column_type(values: Sequence[str | float]) -> str:
    return "string" if isinstance(values[0], str) else "double"


def _requirements() -> list[str]:
    """Returns the versions that the model was made with; asking MLflow would take a minute."""
    found = []
    for name in _NEEDED:
        try:
            found.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            found.append(name)
    return found
