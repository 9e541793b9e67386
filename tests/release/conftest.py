"""Real services: S3's protocol by moto and by nanio, MLflow on SQLite."""

import contextlib
import functools
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
import uvicorn
from moto.server import ThreadedMotoServer
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings as NanioSettings

from aivj.release import Bucket, Tracker, open_bucket


def _client(url: str) -> Any:
    keys: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    session = boto3.session.Session(region_name="us-east-1", **keys)
    return session.client("s3", endpoint_url=url)


def _fresh_bucket(client: Any) -> str:
    name = f"show-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}/public"


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def use_endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Names the S3 endpoint, with credentials that nobody checks and none of the user's own."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return functools.partial(monkeypatch.setenv, "AWS_ENDPOINT_URL")


@pytest.fixture(scope="session")
def s3_client(moto_url: str) -> Iterator[Any]:
    """Boto3's own client, to prepare buckets and to look behind ours."""
    with contextlib.closing(_client(moto_url)) as client:
        yield client


@pytest.fixture
def s3_uri(moto_url: str, s3_client: Any, use_endpoint: Callable[[str], None]) -> str:
    """A prefix in a fresh S3 bucket."""
    use_endpoint(moto_url)
    return _fresh_bucket(s3_client)


@pytest.fixture(scope="session")
def nanio_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real store that accepts conditions on writes and ignores them."""
    settings = NanioSettings(
        data_dir=tmp_path_factory.mktemp("nanio"),
        credentials=StaticCredentialResolver({"testing": "testing"}),
    )
    config = uvicorn.Config(build_app(settings), log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def nanio_client(nanio_url: str) -> Iterator[Any]:
    with contextlib.closing(_client(nanio_url)) as client:
        yield client


@pytest.fixture
def nanio_uri(nanio_url: str, nanio_client: Any, use_endpoint: Callable[[str], None]) -> str:
    """A prefix in a fresh bucket of a store without conditional writes."""
    use_endpoint(nanio_url)
    return _fresh_bucket(nanio_client)


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def file_bucket(tmp_path: Path) -> Bucket:
    return open_bucket(str(tmp_path / "bucket"))


@pytest.fixture(params=["file", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    """The same tests on a folder and on S3."""
    if request.param == "s3":
        return open_bucket(request.getfixturevalue("s3_uri"))
    folder: Bucket = request.getfixturevalue("file_bucket")
    return folder


@pytest.fixture(scope="session")
def mlflow_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file whose tables are made: that takes MLflow seconds each time."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    Tracker(f"sqlite:///{path}", experiment="template")
    return path


@pytest.fixture
def tracker(mlflow_template: Path, tmp_path: Path) -> Tracker:
    folder = tmp_path / "mlflow"
    folder.mkdir()
    shutil.copy(mlflow_template, folder / "mlflow.db")
    return Tracker(f"sqlite:///{folder / 'mlflow.db'}")
