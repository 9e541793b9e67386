"""Objects on S3 or a store that speaks its protocol, with and without conditions.

Knows how boto3 is asked and what it raises; what is written when is for the buckets to say.
"""

import contextlib
import mimetypes
import time
from collections.abc import Iterator, Mapping
from typing import Any

from aivj.errors import StorageError
from aivj.storage.bucket import visible_keys
from aivj.storage.s3_errors import explained

_CONNECT_TIMEOUT_S = 4
_READ_TIMEOUT_S = 6
_MAX_ATTEMPTS = 3
# Of threads that ask at a time; a mirror has sixteen.
_NUM_CONNECTIONS = 16
_MAX_CONFLICTS = 5
_CONFLICT_PAUSE_S = 0.1
_PROBE_KEY = ".aivj/conditional-writes"
_ABSENT_KEY = ".aivj/never-written"
_NO_SUCH_ETAG = f'"{"0" * 32}"'
# If-Match on an object that is not there answers 404 at some stores, 412 at others.
_REFUSED = {"412", "PreconditionFailed", "NoSuchKey", "404", "NotFound"}
# Another conditional write was under way; this one may be tried again.
_NOT_JUDGED = {"409", "ConditionalRequestConflict"}
_UNKNOWN_TO_STORE = {"501", "NotImplemented"}


class _UnknownConditionError(StorageError):
    """The store says that it does not know conditional writes."""


class S3Objects:
    """Objects below `prefix` in the S3 bucket `name`; a version is the store's ETag.

    Every method raises `StorageError` when the store does not answer.
    """

    def __init__(self, name: str, prefix: str) -> None:
        self._name = name
        self._prefix = f"{prefix}/" if prefix else ""
        self.uri = f"s3://{name}/{prefix}".rstrip("/")
        self._client: Any = None
        with self._answers():
            self._client = _client()

    def read(self, key: str) -> tuple[bytes, str] | None:
        """Returns the object's bytes and its version, or None."""
        from botocore.exceptions import ClientError

        with self._answers():
            try:
                answer = self._client.get_object(Bucket=self._name, Key=self._prefix + key)
            except ClientError as error:
                if _code(error) == "NoSuchKey":
                    return None
                raise
            return answer["Body"].read(), self._etag(answer)

    def write(self, key: str, data: bytes, **options: str) -> str | None:
        """Writes a whole object.

        Args:
            key: Its key.
            data: Its bytes.
            options: As boto3 names them: a condition, `IfNoneMatch` or `IfMatch`, or none, and
                `CacheControl`, without which whoever keeps the object asks before using it.

        Returns:
            The new version, or None where the store says that the condition does not hold.
        """
        from botocore.exceptions import ClientError

        with self._answers():
            for _ in range(_MAX_CONFLICTS):
                try:
                    answer = self._client.put_object(
                        Bucket=self._name,
                        Key=self._prefix + key,
                        Body=data,
                        ContentType=mimetypes.guess_type(key)[0] or "application/octet-stream",
                        **{"CacheControl": "no-cache", **options},
                    )
                except ClientError as error:
                    if _code(error) in _NOT_JUDGED:
                        time.sleep(_CONFLICT_PAUSE_S)
                        continue
                    if _code(error) in _REFUSED:
                        return None
                    raise
                return self._etag(answer)
        return None

    def _etag(self, answer: Any) -> str:
        """Returns the version that an answer names; what answers without one is no S3 store."""
        etag = answer.get("ETag")
        if not etag:
            raise self._no_store("an answer without an ETag")
        return str(etag)

    def _no_store(self, found: str) -> StorageError:
        """Makes the error for answers that no store of S3's protocol gives."""
        return StorageError(
            f"{self.uri} to answer as an S3 store does",
            f"{found} (endpoint {self._client.meta.endpoint_url})",
            "AWS_ENDPOINT_URL must be the address of the store itself, not of a web page",
        )

    def remove(self, key: str) -> None:
        """Removes an object; it is fine if there is none."""
        with self._answers():
            self._client.delete_object(Bucket=self._name, Key=self._prefix + key)

    def versions(self, prefix: str) -> Mapping[str, str]:
        """Returns the versions of the objects whose keys start with `prefix`, by key, sorted.

        The bucket's own are left out.
        """
        with self._answers():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=self._prefix + prefix
            )
            listed = list(pages)
        if not all("Name" in page or "Contents" in page for page in listed):
            raise self._no_store("a listing without the bucket's name")
        found = {
            item["Key"].removeprefix(self._prefix): self._etag(item)
            for page in listed
            for item in page.get("Contents", [])
        }
        return {key: found[key] for key in visible_keys(found, prefix)}

    def unheeded_condition(self) -> str | None:
        """Writes scratch objects in ways that must be refused; some stores take them all.

        The object stays: nobody needs the right to delete, and the next proof finds it there. So
        does the other one, which must never come to be, where a store makes it all the same.

        Returns:
            The header of conditional writes that the store does not heed, None if it heeds both.
        """
        if self.read(_PROBE_KEY) is None:
            self.write(_PROBE_KEY, b"{}")
        for header, condition in (
            ("If-None-Match", {"IfNoneMatch": "*"}),
            ("If-Match", {"IfMatch": _NO_SUCH_ETAG}),
        ):
            try:
                etag = self.write(_PROBE_KEY, b"{}", **condition)
            except _UnknownConditionError:
                return header
            if etag is not None:
                return header
        makes_it = self.write(_ABSENT_KEY, b"{}", IfMatch=_NO_SUCH_ETAG) is not None
        if makes_it or self.read(_ABSENT_KEY) is not None:
            return "If-Match on an object that is not there"
        return None

    @contextlib.contextmanager
    def _answers(self) -> Iterator[None]:
        """Turns what boto3 raises into a `StorageError` that says what to do."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            yield
        # boto3 calls an endpoint that is no URL a ValueError.
        except (BotoCoreError, ClientError, ResponseParserError, ValueError) as error:
            unknown = isinstance(error, ClientError) and _code(error) in _UNKNOWN_TO_STORE
            found, remedy = explained(error, self._client)
            raise (_UnknownConditionError if unknown else StorageError)(
                f"{self.uri} to answer", found, remedy
            ) from error


def _client() -> Any:
    """Makes a boto3 client that takes seconds, not minutes, to give a silent store up."""
    import boto3.session
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        max_pool_connections=_NUM_CONNECTIONS,
        retries={"total_max_attempts": _MAX_ATTEMPTS, "mode": "standard"},
        # Stores other than AWS often refuse the checksum trailers that boto3 adds on its own.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client("s3", config=config)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
