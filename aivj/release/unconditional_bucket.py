"""A bucket on a store without conditional writes: it compares, writes, and reads back.

Between comparing and writing another writer fits in. Who overwrote is seen when the other's bytes
are read back, and `aivj.release.ledger` looks once more when it is done; a race that is closer
than that goes unseen. This is for stores that one person at a time promotes to.
"""

from aivj.errors import LostRaceError
from aivj.release.bucket import already_there, checked_key
from aivj.release.s3_objects import S3Objects


class UnconditionalBucket:
    """Objects of a store that takes every write."""

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
            self._objects.write(key, data)
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
        return self._objects.keys(prefix)
