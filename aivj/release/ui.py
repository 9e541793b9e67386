"""MLflow's own page on a store, served by this process on the loopback address alone."""

import os
import socket
import warnings
from collections.abc import Callable

from aivj.errors import StorageError
from aivj.release.mlflow_client import sqlite_path
from aivj.release.tracking import Tracker

HOST = "127.0.0.1"
_MODEL_TRAINING = "workflowType=machine_learning"


def serve_ui(uri: str, *, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves the page until the process is interrupted; returns then.

    Args:
        uri: `sqlite:///file` of the store.
        port: Where to listen; 0 takes a free port.
        on_ready: Told the page's address once it answers.

    Raises:
        InputError: The URI is of another kind.
        StorageError: The store cannot be opened, or the port is taken.
    """
    tracker = Tracker(uri)
    database = sqlite_path(uri)
    assert database is not None  # noqa: S101 - a server has a page of its own
    with warnings.catch_warnings():
        # MLflow 3.17 uses a part of Starlette that is deprecated; remove this when it does not.
        warnings.simplefilter("ignore")
        from mlflow.server import constants
        from mlflow.server.fastapi_app import app

    os.environ.update(
        {
            constants.BACKEND_STORE_URI_ENV_VAR: uri,
            constants.REGISTRY_STORE_URI_ENV_VAR: uri,
            constants.ARTIFACT_ROOT_ENV_VAR: (database.parent / "artifacts").as_uri(),
            constants.SERVE_ARTIFACTS_ENV_VAR: "true",
            # Workers for jobs that nobody gives here would take a gigabyte.
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
    )
    import uvicorn

    with _listening(port) as listener:
        origin = f"http://{HOST}:{listener.getsockname()[1]}"
        # The page opens for traces and prompts; whatever the experiment's tag says, only its
        # address makes it show runs and models from the start.
        address = f"{origin}/#/experiments/{tracker.experiment_id}/runs?{_MODEL_TRAINING}"

        class Announcing(uvicorn.Server):
            """Says when it answers."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                on_ready(address)

        Announcing(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise StorageError(
            f"port {port} of {HOST} to be free",
            f"{getattr(error, 'strerror', None) or error}",
            "end what listens there, or choose another: --port 0 takes any that is free",
        ) from error
