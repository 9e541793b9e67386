"""Stores that speak S3's protocol over HTTP, and how to reach them."""

import contextlib
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings

from benchmarks.services.objects import CREDENTIALS, KEY


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
        **CREDENTIALS,
        "AWS_CONFIG_FILE": str(no_config / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(no_config / "no-credentials"),
    }


def fresh_bucket(client: Any) -> str:
    """Makes a bucket and returns the URI of a prefix in it."""
    name = f"show-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}/public"
