"""Buckets on S3 or a store that speaks its protocol: by conditional writes, or without them.

`If-None-Match: *` creates, `If-Match` swaps. Some stores accept these headers and ignore them,
which would turn every race into silent loss: the first write therefore proves that they count.
"""

import threading
from collections.abc import Mapping

from aivj.errors import LostRaceError, StorageError
from aivj.storage.bucket import already_there, checked_key
from aivj.storage.s3_objects import S3Objects

# An object that is never overwritten may be kept by whoever has it.
_FOR_EVER = "public, max-age=31536000, immutable"


class S3Bucket:
    """Objects of a store whose answer to a condition can be relied on."""

    unconditional = False

    def __init__(self, objects: S3Objects) -> None:
        self._objects = objects
        self._proving = threading.Lock()
        self._proven = False
        self.uri = objects.uri

    def get(self, key: str) -> tuple[bytes, str] | None:
        """See `Bucket.get`."""
        return self._objects.read(checked_key(key))

    def put_new(self, key: str, data: bytes) -> None:
        """See `Bucket.put_new`."""
        if self._write(key, data, IfNoneMatch="*", CacheControl=_FOR_EVER) is None:
            found = self.get(key)
            if found is None or found[0] != data:
                raise already_there(f"{self.uri}/{key}")

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        """See `Bucket.swap`."""
        condition = {"IfNoneMatch": "*"} if expected_etag is None else {"IfMatch": expected_etag}
        etag = self._write(key, data, **condition)
        if etag is not None:
            return etag
        found = self.get(key)
        if found is not None and found[0] == data:
            return found[1]
        raise LostRaceError.at(f"{self.uri}/{key}")

    def list(self, prefix: str) -> list[str]:
        """See `Bucket.list`."""
        return list(self._objects.versions(prefix))

    def versions(self, prefix: str) -> Mapping[str, str]:
        """See `Bucket.versions`."""
        return self._objects.versions(prefix)

    def remove(self, key: str) -> None:
        """See `Bucket.remove`."""
        self._objects.remove(checked_key(key))

    def _write(self, key: str, data: bytes, **options: str) -> str | None:
        self._require_conditional_writes()
        return self._objects.write(checked_key(key), data, **options)

    def _require_conditional_writes(self) -> None:
        """Proves the store once for each `S3Bucket`.

        Raises:
            StorageError: The store takes a write whose condition does not hold.
        """
        with self._proving:
            if self._proven:
                return
            header = self._objects.unheeded_condition()
            if header is not None:
                raise StorageError(
                    f"a store behind {self.uri} that refuses writes whose condition fails",
                    f"one that does not heed {header}, so that two promotions could overwrite "
                    "each other unseen",
                    "use a store with conditional writes (AWS S3, a current MinIO or Ceph) or a "
                    "file:// bucket; where nobody else promotes, --allow-unconditional goes "
                    "without, on record",
                )
            self._proven = True


class UnconditionalBucket:
    """Objects of a store that takes every write: it compares, writes, and reads back.

    Between comparing and writing another writer fits in. Who overwrote is seen when the other's
    bytes are read back, and `aivj.release.ledger` looks once more when it is done; a race that is
    closer than that goes unseen. This is for stores that one person at a time promotes to.
    """

    unconditional = True

    def __init__(self, objects: S3Objects) -> None:
        self._objects = objects
        self.uri = objects.uri

    def get(self, key: str) -> tuple[bytes, str] | None:
        """See `Bucket.get`."""
        return self._objects.read(checked_key(key))

    def put_new(self, key: str, data: bytes) -> None:
        """See `Bucket.put_new`."""
        found = self.get(key)
        if found is None:
            self._objects.write(key, data, CacheControl=_FOR_EVER)
        elif found[0] != data:
            raise already_there(f"{self.uri}/{key}")

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        """See `Bucket.swap`; a race is lost only where it can be seen."""
        found = self.get(key)
        if found is None or found[0] != data:
            if (found and found[1]) != expected_etag:
                raise LostRaceError.at(f"{self.uri}/{key}")
            self._objects.write(key, data)
            found = self.get(key)
            if found is None or found[0] != data:
                raise LostRaceError.at(f"{self.uri}/{key}")
        return found[1]

    def list(self, prefix: str) -> list[str]:
        """See `Bucket.list`."""
        return list(self._objects.versions(prefix))

    def versions(self, prefix: str) -> Mapping[str, str]:
        """See `Bucket.versions`."""
        return self._objects.versions(prefix)

    def remove(self, key: str) -> None:
        """See `Bucket.remove`."""
        self._objects.remove(checked_key(key))
