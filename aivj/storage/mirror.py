"""Files of a folder on this disk and objects of a bucket, kept the same for who works on files.

What a program needs is restored before it begins, only what is missing or another; what it wrote is
delivered when it has ended. Nothing is overwritten there that this disk has not seen, and nothing
here that was not delivered.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from aivj.errors import LostRaceError, StorageError
from aivj.storage.bucket import Bucket
from aivj.storage.files import storage_errors, write_atomic

Each = TypeVar("Each")
Made = TypeVar("Made")

_STATE_NAME = ".mirror.json"
_NUM_AT_A_TIME = 16
# What others find everything else by is written after it.
_LAST_SUFFIXES = frozenset({".json", ".jsonl"})

_Seen = tuple[str, int, int]
"""Version of an object, and size and time of modification, in ns, of its file here."""


class Mirror:
    """Files below `folder` and the objects that have their paths as keys.

    Names that begin with a dot are this disk's alone.

    Attributes:
        bucket: The bucket.
        folder: The folder of this disk.
    """

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self.bucket = bucket
        self.folder = folder
        self._seen = self._read_state()
        # Of this program: what somebody took off the disk before it is still wanted in the bucket.
        self._here: set[str] = set()

    def restore(self, name: str, *, wanted: Callable[[str], bool] = lambda _: True) -> list[str]:
        """Brings an object, or all below a name, to this disk.

        A file that was changed here and not delivered stays, unless its object was changed as well:
        then it is put aside under a name with a dot.

        Args:
            name: Key of an object, or what keys of many have before a slash; empty for all.
            wanted: Tells which of the keys.

        Returns:
            The keys that were brought or are here already.

        Raises:
            StorageError: The bucket does not answer, or the disk is full.
        """
        versions = {
            key: version
            for key, version in self.bucket.versions(name).items()
            if _is_below(key, name) and wanted(key)
        }
        self._drop_removed(
            [key for key in self._seen if _is_below(key, name) and wanted(key)], versions
        )
        for key, seen in _together(
            lambda each: (each[0], self._restored(*each)), list(versions.items())
        ):
            self._seen[key] = seen
            self._here.add(key)
        self._write_state()
        return list(versions)

    def deliver(
        self, name: str, *, wanted: Callable[[str], bool] = lambda _: True, is_owner: bool = False
    ) -> list[str]:
        """Brings what was written or removed here, at a name or below it, to the bucket.

        Args:
            name: As of `restore`.
            wanted: Tells which of the keys.
            is_owner: Whether nobody else may write there: what stands there is written over.

        Returns:
            The keys that were written or removed there.

        Raises:
            LostRaceError: Somebody else changed an object that was changed here.
            StorageError: The bucket did not take all; what it took is noted, the rest stays here.
        """
        if is_owner:
            for key, version in self.bucket.versions(name).items():
                if key not in self._seen or self._seen[key][0] != version:
                    self._seen[key] = (version, -1, -1)
        changed = [key for key in self._keys_here(name) if wanted(key) and self._is_changed(key)]
        gone = [
            key
            for key in sorted(self._here)
            if _is_below(key, name) and wanted(key) and not (self.folder / key).exists()
        ]
        first = [key for key in changed if Path(key).suffix not in _LAST_SUFFIXES]
        last = [key for key in changed if Path(key).suffix in _LAST_SUFFIXES]
        try:
            for keys in (first, last):
                for key, seen in _together(lambda each: (each, self._delivered(each)), keys):
                    self._seen[key] = seen
                    self._here.add(key)
            for key in gone:
                self.bucket.remove(key)
                self._here.discard(key)
                self._seen.pop(key, None)
        finally:
            self._write_state()
        return changed + gone

    def _restored(self, key: str, version: str) -> _Seen:
        path = self.folder / key
        if path.is_file():
            seen = self._seen.get(key)
            is_own = seen is None or seen[1:] != _stamp(path)
            if seen is not None and seen[0] == version:
                return seen
            data = path.read_bytes()
            if _is_version_of(data, version):
                return (version, *_stamp(path))
            if is_own:
                with storage_errors(path):
                    path.rename(path.with_name(f".{path.name}.undelivered"))
        found = self.bucket.get(key)
        if found is None:
            raise LostRaceError.at(f"{self.bucket.uri}/{key}")
        data, version = found
        write_atomic(path, data, fsync=False)
        return (version, *_stamp(path))

    def _delivered(self, key: str) -> _Seen:
        path = self.folder / key
        stamp, seen, data = _stamp(path), self._seen.get(key), path.read_bytes()
        if seen is not None and _is_version_of(data, seen[0]):
            return (seen[0], *stamp)
        version = self.bucket.swap(key, data, None if seen is None else seen[0])
        return (version, *stamp)

    def _drop_removed(self, keys: Iterable[str], versions: Mapping[str, str]) -> None:
        """Removes files whose objects somebody else has removed, unless they were changed here."""
        for key in keys:
            if key in versions:
                continue
            path = self.folder / key
            if path.is_file() and self._seen[key][1:] == _stamp(path):
                path.unlink()
            del self._seen[key]

    def _keys_here(self, name: str) -> Iterator[str]:
        top = self.folder / name
        paths = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in paths:
            relative = path.relative_to(self.folder)
            if path.is_file() and not any(part.startswith(".") for part in relative.parts):
                yield relative.as_posix()

    def _is_changed(self, key: str) -> bool:
        seen = self._seen.get(key)
        return seen is None or seen[1:] != _stamp(self.folder / key)

    def _read_state(self) -> dict[str, _Seen]:
        try:
            state = json.loads((self.folder / _STATE_NAME).read_bytes())
            return {key: (version, size, at) for key, (version, size, at) in state.items()}
        except (OSError, ValueError):
            return {}

    def _write_state(self) -> None:
        write_atomic(self.folder / _STATE_NAME, json.dumps(self._seen).encode(), fsync=False)


def _is_below(key: str, name: str) -> bool:
    return not name or key == name or key.startswith(f"{name}/")


def _is_version_of(data: bytes, version: str) -> bool:
    """Tells whether data are an object's, where a store makes the version of their MD5."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest() == version.strip('"')


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _together(make: Callable[[Each], Made], each: Sequence[Each]) -> Iterator[Made]:
    """Yields what is made of each, many at a time; what is ready before one fails too."""
    with ThreadPoolExecutor(_NUM_AT_A_TIME) as pool:
        futures = [pool.submit(make, one) for one in each]
        trouble: StorageError | None = None
        for future in futures:
            try:
                yield future.result()
            except StorageError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
