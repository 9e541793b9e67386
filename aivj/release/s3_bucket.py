"""A bucket on S3 or a store that speaks its protocol, by conditional writes.

`If-None-Match: *` creates, `If-Match` swaps. Some stores accept these headers and ignore them,
which would turn every race into silent loss: the first write therefore proves that they count.
"""

import contextlib
import mimetypes
import threading
import time
from collections.abc import Iterator
from typing import Any

from aivj.errors import LostRaceError, StorageError
from aivj.release.bucket import already_there, checked_key, visible_keys

_CONNECT_TIMEOUT_S = 4
_READ_TIMEOUT_S = 6
_MAX_ATTEMPTS = 3
_MAX_CONFLICTS = 5
_CONFLICT_PAUSE_S = 0.1
_PROBE_KEY = ".aivj/conditional-writes"
_NO_SUCH_ETAG = f'"{"0" * 32}"'
# If-Match on an object that is not there answers NoSuchKey.
_REFUSED = {"412", "PreconditionFailed", "NoSuchKey"}
# Another conditional write was under way; this one may be tried again.
_NOT_JUDGED = {"409", "ConditionalRequestConflict"}


class S3Bucket:
    """Objects below `prefix` in the S3 bucket `name`; a version is the store's ETag."""

    def __init__(self, name: str, prefix: str) -> None:
        self._name = name
        self._prefix = f"{prefix}/" if prefix else ""
        self._proving = threading.Lock()
        self._proven = False
        self.uri = f"s3://{name}/{prefix}".rstrip("/")
        with self._answers():
            self._client = _client()

    def get(self, key: str) -> tuple[bytes, str] | None:
        """See `Bucket.get`."""
        with self._answers():
            return self._read(checked_key(key))

    def put_new(self, key: str, data: bytes) -> None:
        """See `Bucket.put_new`."""
        with self._answers():
            self._prove_conditional_writes()
            created = self._put(checked_key(key), data, IfNoneMatch="*")
            if created is None and self._bytes(key) != data:
                raise already_there(f"{self.uri}/{key}")

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        """See `Bucket.swap`."""
        condition = {"IfNoneMatch": "*"} if expected_etag is None else {"IfMatch": expected_etag}
        with self._answers():
            self._prove_conditional_writes()
            etag = self._put(checked_key(key), data, **condition)
            if etag is not None:
                return etag
            found = self._read(key)
        if found is not None and found[0] == data:
            return found[1]
        raise LostRaceError.at(f"{self.uri}/{key}")

    def list(self, prefix: str) -> list[str]:
        """See `Bucket.list`."""
        with self._answers():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=self._prefix + prefix
            )
            names = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return visible_keys((name.removeprefix(self._prefix) for name in names), prefix)

    def _read(self, key: str) -> tuple[bytes, str] | None:
        from botocore.exceptions import ClientError

        try:
            answer = self._client.get_object(Bucket=self._name, Key=self._prefix + key)
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise
        return answer["Body"].read(), answer["ETag"]

    def _bytes(self, key: str) -> bytes | None:
        found = self._read(key)
        return found and found[0]

    def _put(self, key: str, data: bytes, **condition: str) -> str | None:
        """Returns the new ETag, or None where the store says that the condition does not hold."""
        from botocore.exceptions import ClientError

        for _ in range(_MAX_CONFLICTS):
            try:
                answer = self._client.put_object(
                    Bucket=self._name,
                    Key=self._prefix + key,
                    Body=data,
                    ContentType=mimetypes.guess_type(key)[0] or "application/octet-stream",
                    CacheControl="no-cache",
                    **condition,
                )
            except ClientError as error:
                if _code(error) in _NOT_JUDGED:
                    time.sleep(_CONFLICT_PAUSE_S)
                    continue
                if _code(error) in _REFUSED:
                    return None
                raise
            return str(answer["ETag"])
        return None

    def _prove_conditional_writes(self) -> None:
        """Writes one scratch object in ways that must be refused; once for each `S3Bucket`.

        The object stays: nobody needs the right to delete, and the next proof finds it there.

        Raises:
            StorageError: The store takes a write whose condition does not hold.
        """
        with self._proving:
            if self._proven:
                return
            self._put(_PROBE_KEY, b"{}", IfNoneMatch="*")
            created_twice = self._put(_PROBE_KEY, b"{}", IfNoneMatch="*")
            swapped_blindly = self._put(_PROBE_KEY, b"{}", IfMatch=_NO_SUCH_ETAG)
            if created_twice is not None or swapped_blindly is not None:
                ignored = "If-None-Match" if created_twice is not None else "If-Match"
                raise StorageError(
                    f"a store behind {self.uri} that refuses writes whose condition fails",
                    f"one that ignores {ignored}, so that two promotions could overwrite each "
                    "other unseen",
                    "use a store with conditional writes (AWS S3, a current MinIO or Ceph), or a "
                    "file:// bucket",
                )
            self._proven = True

    @contextlib.contextmanager
    def _answers(self) -> Iterator[None]:
        """Turns what boto3 raises into a `StorageError` that says what to do."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        # boto3 calls an endpoint that is no URL a ValueError.
        except (BotoCoreError, ClientError, ValueError) as error:
            raise StorageError(
                f"{self.uri} to answer",
                str(error),
                "check the bucket's name, the credentials and AWS_ENDPOINT_URL, then run the same "
                "command again",
            ) from error


def _client() -> Any:
    """Makes a boto3 client that takes seconds, not minutes, to give a silent store up."""
    import boto3.session
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"total_max_attempts": _MAX_ATTEMPTS, "mode": "standard"},
        # Stores other than AWS often refuse the checksum trailers that boto3 adds on its own.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client("s3", config=config)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
