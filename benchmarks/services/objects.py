"""A store of S3's protocol in this process, by moto; it heeds conditions on writes."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import boto3.session
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

KEY = "testing"
"""Access key and secret that the store takes, as it takes any."""

_POLICY = Path(__file__).parents[2] / "runtime" / "bucket-policy.json"
_REGION = "us-east-1"
CREDENTIALS: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_DEFAULT_REGION": _REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Variables by which boto3 and Arrow have leave to use it."""


class _OneAtATime(DomainDispatcherApplication):  # type: ignore[misc]
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
def moto_store(host: str = "127.0.0.1") -> Iterator[str]:
    """Serves the store on a free port for the block; gives its URL."""
    server = make_server(host, 0, _OneAtATime(), threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reach(url: str) -> dict[str, str]:
    """Returns the variables by which boto3 and Arrow find the store."""
    return {**CREDENTIALS, "AWS_ENDPOINT_URL": url}


def make_bucket(url: str, name: str) -> None:
    """Makes a bucket in the store."""
    with contextlib.closing(plain_client(url)) as client:
        client.create_bucket(Bucket=name)


def let_everybody_read(url: str, uri: str) -> None:
    """Gives `s3://bucket/prefix` the policy of `runtime/bucket-policy.json`."""
    place = uri.removeprefix("s3://")
    policy = _POLICY.read_text().replace("live/public", place)
    with contextlib.closing(plain_client(url)) as client:
        client.put_bucket_policy(Bucket=place.partition("/")[0], Policy=policy)


def plain_client(url: str) -> Any:
    """Returns boto3's own client, to prepare buckets and to look behind ours."""
    keys: dict[str, Any] = {"aws_access_key_id": KEY, "aws_secret_access_key": KEY}
    session = boto3.session.Session(region_name=_REGION, **keys)
    return session.client("s3", endpoint_url=url)
