"""A bucket: whole objects under keys, written once or swapped against a known version.

This is all that a release or a run needs from storage, and little enough that a folder and S3 offer
the same. It does not know what the objects mean; `aivj.release.promotion` and `aivj.runs` do.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from aivj.errors import StorageError, UnsafePathError


class Bucket(Protocol):
    """Objects under keys. Keys are `/`-separated; no part of one starts with a dot.

    A store that keeps content types takes them from the key's ending.

    Every method raises `StorageError` when the bucket does not answer, and `UnsafePathError` for
    a key that could leave the bucket.

    Attributes:
        uri: Where it is.
        unconditional: Whether the store swaps without judging, so that of two swaps at once the
            first can be lost unseen.
    """

    uri: str
    unconditional: bool

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Returns the object's bytes and its version (an opaque etag), or None."""

    def put_new(self, key: str, data: bytes) -> None:
        """Writes an object that is never overwritten. Writing the same bytes again is fine.

        Raises:
            StorageError: The key already holds other bytes.
        """

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        """Replaces an object if it still has the version `expected_etag`; returns the new one.

        `None` expects that there is no such object yet. An object that already holds exactly
        `data` is success, whoever wrote it: a request that was repeated because its first answer
        got lost looks the same.

        Raises:
            LostRaceError: The object has another version.
        """

    def list(self, prefix: str) -> list[str]:
        """Returns the keys that start with `prefix`, sorted."""

    def versions(self, prefix: str) -> Mapping[str, str]:
        """Returns the versions of the objects whose keys start with `prefix`, by key, sorted."""

    def remove(self, key: str) -> None:
        """Removes an object, whatever its version; it is fine if there is none."""


def checked_key(key: str) -> str:
    """Returns `key` if it names an object inside the bucket and none of the bucket's own.

    Raises:
        UnsafePathError: It is empty, absolute, or has a part that is empty or starts with a dot,
            or it holds a backslash or a control character.
    """
    bad_part = any(not part or part.startswith(".") for part in key.split("/"))
    if bad_part or "\\" in key or not key.isprintable():
        raise UnsafePathError(
            "a key such as presets/pack/pairs-quality.v0.json",
            repr(key),
            "leave out leading slashes, parts that start with a dot, and backslashes",
        )
    return key


def visible_keys(keys: Iterable[str], prefix: str) -> list[str]:
    """Returns the keys below `prefix`, sorted, without those that a bucket keeps for itself."""
    return sorted(
        key
        for key in keys
        if key.startswith(prefix) and not any(part.startswith(".") for part in key.split("/"))
    )


def already_there(uri: str) -> StorageError:
    """Makes the error for an object that would have to be overwritten."""
    return StorageError(
        f"{uri} to be new or to hold the same bytes",
        "other bytes under that key",
        "objects are never overwritten: find out who wrote the other one before going on",
    )
