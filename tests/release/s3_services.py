"""Stores that speak S3's protocol over HTTP, and how to reach them."""

import contextlib
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import boto3
import uvicorn
from moto.moto_server.threaded_moto_server import MotoRequestHandler
from moto.server import DomainDispatcherApplication, create_backend_app
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings
from werkzeug.serving import make_server

KEY = "testing"


class _OneAtATime(DomainDispatcherApplication):
    """Answers one request after the other.

    moto looks whether a condition holds and writes later; S3 does both at once.
    """

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._answering = Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with self._answering:
            return super().__call__(environ, start_response)


@contextlib.contextmanager
def moto_store() -> Iterator[str]:
    """Serves a store that heeds conditions on writes; gives its URL."""
    server = make_server(
        "127.0.0.1", 0, _OneAtATime(), threaded=True, request_handler=MotoRequestHandler
    )
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def nanio_store(folder: Path) -> Iterator[str]:
    """Serves a store that accepts conditions on writes and ignores them; gives its URL."""
    settings = Settings(data_dir=folder, credentials=StaticCredentialResolver({KEY: KEY}))
    server = uvicorn.Server(uvicorn.Config(build_app(settings), log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def s3_variables(no_config: Path) -> dict[str, str]:
    """Returns credentials that every store here takes, and keeps the user's own away."""
    return {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(no_config / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(no_config / "no-credentials"),
    }


def plain_client(url: str) -> Any:
    """Returns boto3's own client, to prepare buckets and to look behind ours."""
    keys: dict[str, Any] = {"aws_access_key_id": KEY, "aws_secret_access_key": KEY}
    session = boto3.session.Session(region_name="us-east-1", **keys)
    return session.client("s3", endpoint_url=url)


def fresh_bucket(client: Any) -> str:
    """Makes a bucket and returns the URI of a prefix in it."""
    name = f"show-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}/public"
