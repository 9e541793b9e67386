"""Files, written whole or not at all; and whole objects, on a disk or in a bucket.

Two doors to a place that may be either: an `ObjectFolder` for writers that give names nobody else
gives, by Arrow's client; a `Bucket` for keys that are written once or swapped against a version.
"""

from aivj.storage.bucket import Bucket
from aivj.storage.files import (
    open_atomic,
    require_writable_folder,
    resolve_under,
    sha256_hex,
    storage_errors,
    write_atomic,
)
from aivj.storage.objects import ObjectFolder, ObjectInfo
from aivj.storage.opening import BucketAddress, open_bucket, open_folder, parse_address

__all__ = [
    "Bucket",
    "BucketAddress",
    "ObjectFolder",
    "ObjectInfo",
    "open_atomic",
    "open_bucket",
    "open_folder",
    "parse_address",
    "require_writable_folder",
    "resolve_under",
    "sha256_hex",
    "storage_errors",
    "write_atomic",
]
