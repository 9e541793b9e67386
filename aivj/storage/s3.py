"""A folder of objects in a bucket on S3 or a store that speaks its protocol, by Arrow's client."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from aivj.errors import StorageError
from aivj.storage.objects import ObjectInfo

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_CONNECT_TIMEOUT_S = 4
_READ_TIMEOUT_S = 30
_MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class S3Connection:
    """A bucket and the client that reaches it.

    Attributes:
        files: Arrow's file system.
        bucket: The bucket's name.
        endpoint: Who answers, for messages.
    """

    files: Any
    bucket: str
    endpoint: str

    @classmethod
    def to(cls, bucket: str) -> "S3Connection":
        """Makes a client for a bucket; the bucket is not asked yet.

        Raises:
            StorageError: The endpoint is no address.
        """
        from pyarrow import fs

        endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
        # One request a small object, and nothing before the data is there.
        options: dict[str, Any] = {"allow_delayed_open": True, "background_writes": False}
        if endpoint is not None:
            scheme, separator, host = endpoint.partition("://")
            if not separator or scheme.lower() not in {"http", "https"} or not host.strip("/"):
                raise StorageError(
                    "AWS_ENDPOINT_URL to be an address such as https://s3.example.com",
                    repr(endpoint),
                    "correct it, or unset it for AWS itself",
                )
            options |= {"scheme": scheme.lower(), "endpoint_override": host.rstrip("/")}
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        files = fs.S3FileSystem(
            region=region,
            connect_timeout=_CONNECT_TIMEOUT_S,
            request_timeout=_READ_TIMEOUT_S,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_MAX_ATTEMPTS),
            **options,
        )
        return cls(files, bucket, endpoint or f"AWS, region {region or 'by default'}")


class S3Folder:
    """Objects below a prefix of a bucket."""

    def __init__(self, connection: S3Connection, prefix: str) -> None:
        self._connection = connection
        self._files = connection.files
        self._prefix = prefix
        self._base = "/".join(part for part in (connection.bucket, prefix) if part)
        self.uri = f"s3://{self._base}"

    def read(self, name: str) -> bytes | None:
        """See `ObjectFolder.read`."""
        return self._read(name, lambda file: file.readall())

    def read_range(self, name: str, start: int, size: int) -> bytes | None:
        """See `ObjectFolder.read_range`."""
        return self._read(name, lambda file: file.read_at(size, start))

    def write(self, name: str, data: bytes) -> None:
        """See `ObjectFolder.write`."""
        with self._answers(name), self._files.open_output_stream(f"{self._base}/{name}") as stream:
            stream.write(data)

    def remove(self, name: str) -> None:
        """See `ObjectFolder.remove`."""
        with self._answers(name), contextlib.suppress(FileNotFoundError):
            self._files.delete_file(f"{self._base}/{name}")

    def remove_all(self) -> None:
        """See `ObjectFolder.remove_all`."""
        with self._answers(""), contextlib.suppress(FileNotFoundError):
            self._files.delete_dir(self._base)

    def listing(self) -> Mapping[str, ObjectInfo]:
        """See `ObjectFolder.listing`."""
        return {
            info.base_name: ObjectInfo(info.size, info.mtime.astimezone(UTC))
            for info in self._infos()
            if info.is_file
        }

    def folders(self) -> list[str]:
        """See `ObjectFolder.folders`."""
        return sorted(info.base_name for info in self._infos() if not info.is_file)

    def folder(self, name: str) -> "S3Folder":
        """See `ObjectFolder.folder`."""
        return S3Folder(self._connection, f"{self._prefix}/{name}".lstrip("/"))

    def _infos(self) -> list[Any]:
        from pyarrow import fs

        with self._answers(""):
            infos: list[Any] = self._files.get_file_info(
                fs.FileSelector(self._base, allow_not_found=True)
            )
            if not infos:
                self._require_bucket()
        return infos

    def _require_bucket(self) -> None:
        """Tells a bucket that is not there, which lists nothing, from one that is empty.

        Raises:
            FileNotFoundError: There is no such bucket.
        """
        from pyarrow import fs

        name = self._connection.bucket
        if self._files.get_file_info(name).type == fs.FileType.NotFound:
            raise FileNotFoundError(f"no bucket {name}")

    def _read(self, name: str, take: Any) -> bytes | None:
        with self._answers(name):
            try:
                with self._files.open_input_file(f"{self._base}/{name}") as file:
                    return bytes(take(file))
            except FileNotFoundError:
                return None

    @contextlib.contextmanager
    def _answers(self, name: str) -> Iterator[None]:
        """Turns what Arrow's client raises into a `StorageError` that says what to do."""
        from pyarrow import ArrowException

        try:
            yield
        except (OSError, ArrowException) as error:
            place = f"{self.uri}/{name}" if name else self.uri
            raise StorageError(
                f"{place} to answer",
                f"{error} (endpoint {self._connection.endpoint})",
                "check the bucket's name, the credentials, AWS_ENDPOINT_URL and the network, then "
                "run the same command again",
            ) from error
