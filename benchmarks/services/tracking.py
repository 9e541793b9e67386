"""MLflow's server as `mlflow/` sets it up: on Postgres, with artifacts in a bucket."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.services.child import answers, free_port, running
from benchmarks.services.postgres import Postgres

DEPLOYMENT = Path(__file__).parents[2] / "mlflow"
_MIGRATION_TIMEOUT_S = 120


def settings() -> dict[str, str]:
    """Returns what `mlflow/server.env` sets."""
    lines = (line.strip() for line in (DEPLOYMENT / "server.env").read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def make_database(server: Postgres, password: str) -> None:
    """Runs `mlflow/database.sql`.

    Raises:
        RuntimeError: psql says no.
    """
    done = server.psql(
        "--file", str(DEPLOYMENT / "database.sql"), env={"MLFLOW_DB_PASSWORD": password}
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def database_uri(server: Postgres) -> str:
    """Makes the database and the role with a password of its own; returns the address."""
    password = secrets.token_hex(16)
    make_database(server, password)
    return server.uri("mlflow", password, "mlflow")


def migrate(uri: str) -> None:
    """Brings the tables of a database to MLflow's version.

    Raises:
        subprocess.CalledProcessError: It did not work; the error holds what was said.
    """
    subprocess.run(
        [sys.executable, "-m", "mlflow", "db", "upgrade", uri],
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_MIGRATION_TIMEOUT_S,
        check=True,
    )


@contextlib.contextmanager
def mlflow_server(
    uri: str,
    *,
    artifacts: str,
    env: Mapping[str, str],
    folder: Path,
    host: str = "127.0.0.1",
    name: str | None = None,
) -> Iterator[str]:
    """Serves a migrated database for the block; gives the server's address.

    Args:
        uri: The database.
        artifacts: Where artifacts go, for example `s3://bucket/mlflow`.
        env: What else the server is told: how to reach the bucket.
        folder: Takes its log.
        host: The address that it listens on.
        name: What others call it; None if they say the address.

    Raises:
        ServiceError: It does not start.
    """
    port = free_port(host)
    address = f"http://{host}:{port}"
    told = {
        **settings(),
        "MLFLOW_HOST": host,
        "MLFLOW_PORT": str(port),
        "MLFLOW_WORKERS": "1",
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_ARTIFACTS_DESTINATION": artifacts,
    }
    with running(
        [sys.executable, "-m", "mlflow", "server"],
        log=folder / "mlflow.log",
        is_ready=lambda: answers(f"{address}/health"),
        env={**os.environ, **told, **env},
        cwd=folder,
    ):
        yield f"http://{name or host}:{port}"
