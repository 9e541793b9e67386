"""A bucket: whole objects under keys, written once or swapped against a known version.

This is all that a release needs from storage, and little enough that a folder and S3 offer the
same. It does not know what the objects mean; `aivj.release.promotion` does.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from aivj.errors import InputError, StorageError, UnsafePathError

_S3_URI = re.compile(r"(?i:s3)://(?P<name>[^/\x00-\x1f]+)(?:/(?P<prefix>[^\x00-\x1f]*))?")
_FILE_URI = re.compile(r"(?i:file):(?://(?:localhost)?)?(?P<path>/(?!/)[^\x00-\x1f]*)")


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


def open_bucket(uri: str, *, allow_unconditional: bool = False) -> Bucket:
    """Opens `s3://bucket/prefix`, `file:///folder` or a plain folder path.

    These are no web addresses: `#` and `?` belong to the folder or prefix.

    S3 credentials, region and endpoint (`AWS_ENDPOINT_URL`) come from where boto3 finds them.

    Args:
        uri: Which bucket.
        allow_unconditional: Proves at once whether the store has conditional writes, and does
            without them if it has none. Otherwise the first write to such a store is refused.

    Raises:
        InputError: The URI is of no kind that is known here.
        StorageError: The store that is to be proved does not answer.
    """
    if found := _S3_URI.fullmatch(uri):
        return _s3_bucket(found["name"], (found["prefix"] or "").strip("/"), allow_unconditional)
    if found := _FILE_URI.fullmatch(uri):
        return _folder(Path(unquote(found["path"])))
    if uri and uri.isprintable() and "://" not in uri:
        # A shell leaves the tilde of `--bucket=~/b` alone.
        return _folder(Path(uri).expanduser())
    raise InputError(
        "a bucket such as s3://bucket/prefix, file:///folder or a folder's path",
        repr(uri),
        "name the bucket in one of these ways",
    )


def _s3_bucket(name: str, prefix: str, allow_unconditional: bool) -> Bucket:
    from aivj.release.s3_bucket import S3Bucket
    from aivj.release.s3_objects import S3Objects
    from aivj.release.unconditional_bucket import UnconditionalBucket

    objects = S3Objects(name, prefix)
    if allow_unconditional and objects.unheeded_condition() is not None:
        return UnconditionalBucket(objects)
    return S3Bucket(objects)


def _folder(root: Path) -> Bucket:
    from aivj.release.file_bucket import FileBucket

    return FileBucket(root)


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
