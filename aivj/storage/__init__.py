"""Files, written whole or not at all; and folders of whole objects, on a disk or in a bucket."""

from aivj.storage.files import (
    require_writable_folder,
    resolve_under,
    sha256_hex,
    storage_errors,
    write_atomic,
)
from aivj.storage.objects import ObjectFolder, ObjectInfo
from aivj.storage.opening import BucketAddress, open_folder, parse_address

__all__ = [
    "BucketAddress",
    "ObjectFolder",
    "ObjectInfo",
    "open_folder",
    "parse_address",
    "require_writable_folder",
    "resolve_under",
    "sha256_hex",
    "storage_errors",
    "write_atomic",
]
