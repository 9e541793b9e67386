"""MLflow's client: quiet, without telemetry, and never minutes without an answer.

MLflow takes such wishes from environment variables alone, before it is first imported, which is
why this module sets them; what a user has set for time-outs stands.
"""

import contextlib
import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aivj.errors import InputError, StorageError
from aivj.storage.file_lock import file_lock

if TYPE_CHECKING:
    from mlflow import MlflowClient

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
# Three tries of 6 s with short pauses: a silent server is given up after about 20 s.
_PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "6",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
# What goes wrong comes as an exception; their lines would only tear a progress bar.
_LOUD_LOGGERS = ("mlflow", "alembic", "urllib3.connectionpool")

# Making the tables takes seconds, on a busy machine many.
_FIRST_USE_TIMEOUT_S = 180.0

_SQLITE = "sqlite:///"
_SERVERS_OWN_FAULT = 500


def open_client(uri: str) -> "MlflowClient":
    """Makes a client of the tracking server, or of the SQLite file, at `uri`.

    Args:
        uri: `sqlite:///file` (four slashes for an absolute path) or `http(s)://host`.

    Raises:
        InputError: The URI is of another kind.
        StorageError: The SQLite file cannot be opened, is none, or has tables of another version.
    """
    path = sqlite_path(uri)
    if path is not None:
        _require_openable(path)
    elif urlsplit(uri).scheme not in {"http", "https"} or not urlsplit(uri).netloc:
        raise InputError(
            "a tracking URI such as sqlite:////folder/mlflow.db or http://host:5000",
            repr(uri),
            "name the tracking server in one of these ways",
        )
    os.environ.update(_QUIET)
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    # MLflow 3.17 maps its tables with a loader that SQLAlchemy 2.1 deprecates; remove this when
    # it no longer does.
    warnings.filterwarnings("ignore", message="The ``noload`` loader strategy is deprecated")
    from mlflow import MlflowClient

    for logger in _LOUD_LOGGERS:
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    with _first_use(path) if path else contextlib.nullcontext(), mlflow_errors(uri):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)


def sqlite_path(uri: str) -> Path | None:
    """Returns the file of a `sqlite:///` URI, None for any other URI."""
    name = uri.removeprefix(_SQLITE).partition("?")[0]
    return Path(name).absolute() if uri.startswith(_SQLITE) and name else None


class ServerAwayError(StorageError):
    """A tracking server did not answer, or has trouble of its own: later it may do better."""


@contextlib.contextmanager
def mlflow_errors(uri: str) -> Iterator[None]:
    """Turns what MLflow raises into a `StorageError` that says what to do.

    It is a `ServerAwayError` if there is a server and it is not to blame on what it was told.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as error:
        kind = ServerAwayError if sqlite_path(uri) is None and _is_away(error) else StorageError
        raise kind(
            f"MLflow at {uri} to take and give records",
            str(error),
            "check that the server runs and the URI is right, or that the disk has room and the "
            "file may be written",
        ) from error


@contextlib.contextmanager
def tolerated(error_code: str) -> Iterator[None]:
    """Leaves the block, without a word, at an MLflow error of this kind."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code != error_code:
            raise


def _is_away(error: BaseException | None) -> bool:
    """Whether a server could not be reached, or failed by itself (HTTP 5xx)."""
    from mlflow.exceptions import RestException
    from requests import ConnectionError as NoConnectionError
    from requests import HTTPError, Timeout
    from requests.exceptions import RetryError

    while error is not None:
        if isinstance(error, NoConnectionError | Timeout | RetryError):
            return True
        if isinstance(error, RestException):
            return bool(error.get_http_status_code() >= _SERVERS_OWN_FAULT)  # type: ignore[no-untyped-call]
        if isinstance(error, HTTPError) and error.response is not None:
            return error.response.status_code >= _SERVERS_OWN_FAULT
        error = error.__cause__ or error.__context__
    return False


def _require_openable(path: Path) -> None:
    """Opens the file once: MLflow itself would retry a hopeless one for minutes.

    Raises:
        StorageError: It cannot be opened or created, or is not a database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA schema_version")
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"an SQLite file, or room for one, at {path}",
            str(error),
            "mend the permissions, or name another file: a damaged one can be moved away",
        ) from error


def _first_use(path: Path) -> contextlib.AbstractContextManager[None]:
    """Lets one process at a time make the file's tables: MLflow's own migrations collide."""
    return file_lock(path.with_name(f".{path.name}.lock"), timeout_s=_FIRST_USE_TIMEOUT_S)
