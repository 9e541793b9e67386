"""Stores that speak S3's protocol over HTTP, and how to reach them."""

import contextlib
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import uvicorn
from moto.server import ThreadedMotoServer
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings

KEY = "testing"


@contextlib.contextmanager
def moto_store() -> Iterator[str]:
    """Serves a store that heeds conditions on writes; gives its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


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
