"""A folder of whole objects, on a disk or in a bucket: the same for whoever writes and reads it.

An object appears whole under its name or not at all. Who writes at the same time as others gives
names that nobody else gives, or writes what everybody else would; nothing is locked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class ObjectInfo:
    """What a listing tells of an object.

    Attributes:
        size: Bytes.
        modified_at: When it was written, by the disk's or the bucket's clock.
    """

    size: int
    modified_at: datetime


class ObjectFolder(Protocol):
    """Objects under names without a slash. Every method raises `StorageError` if it cannot.

    Attributes:
        uri: Where it is, as `open_folder` takes it: absolute.
    """

    uri: str

    def read(self, name: str) -> bytes | None:
        """Returns an object's bytes, or None if there is none."""

    def read_range(self, name: str, start: int, size: int) -> bytes | None:
        """Returns `size` bytes from `start` on, fewer at the object's end; None if it is absent."""

    def write(self, name: str, data: bytes) -> None:
        """Writes a whole object, over what was there."""

    def remove(self, name: str) -> None:
        """Removes an object; it is fine if there is none."""

    def remove_all(self) -> None:
        """Removes the folder with everything in it; it is fine if there is none."""

    def listing(self) -> Mapping[str, ObjectInfo]:
        """Returns all objects by name; none if the folder does not exist."""

    def folders(self) -> list[str]:
        """Returns the names of the folders in it, sorted."""

    def folder(self, name: str) -> "ObjectFolder":
        """Returns a folder in it; it need not exist."""
