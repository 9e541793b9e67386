"""A bucket in a folder, safe among the processes and threads that share the folder.

New objects appear by a hard link, which fails if the name exists; swaps compare and rename under
a lock that the kernel drops when its holder dies. Both write a temporary file through to the disk
first, so that a reader, or a machine that comes back from a power cut, sees a whole object.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from aivj.errors import LostRaceError, StorageError
from aivj.storage.bucket import already_there, checked_key, visible_keys
from aivj.storage.file_lock import file_lock
from aivj.storage.files import sha256_hex, storage_errors

_LOCK_NAME = ".lock"
_LOCK_TIMEOUT_S = 10.0


class FileBucket:
    """Objects as files below one folder; a version is the SHA-256 of the content."""

    unconditional = False

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self.uri = self._root.as_uri()

    def get(self, key: str) -> tuple[bytes, str] | None:
        """See `Bucket.get`."""
        path = self._root / checked_key(key)
        with _readable(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
        return data, sha256_hex(data)

    def put_new(self, key: str, data: bytes) -> None:
        """See `Bucket.put_new`."""
        path = self._root / checked_key(key)
        with storage_errors(path), _written_beside(path, data) as temporary:
            try:
                os.link(temporary, path)
            except FileExistsError:
                if path.read_bytes() != data:
                    raise already_there(path.as_uri()) from None
            _flush_folder(path.parent)

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        """See `Bucket.swap`."""
        path = self._root / checked_key(key)
        with file_lock(self._root / _LOCK_NAME, timeout_s=_LOCK_TIMEOUT_S), storage_errors(path):
            found = self.get(key)
            if found is not None and found[0] == data:
                return found[1]
            if (found and found[1]) != expected_etag:
                raise LostRaceError.at(path.as_uri())
            with _written_beside(path, data) as temporary:
                temporary.replace(path)
            _flush_folder(path.parent)
        return sha256_hex(data)

    def list(self, prefix: str) -> list[str]:
        """See `Bucket.list`."""
        folder = prefix.rpartition("/")[0]
        below = self._root / checked_key(folder) if folder else self._root
        with _readable(below):
            files = [path for path in below.rglob("*") if path.is_file()]
        return visible_keys((path.relative_to(self._root).as_posix() for path in files), prefix)

    def versions(self, prefix: str) -> Mapping[str, str]:
        """See `Bucket.versions`."""
        found = ((key, self.get(key)) for key in self.list(prefix))
        return {key: each[1] for key, each in found if each is not None}

    def remove(self, key: str) -> None:
        """See `Bucket.remove`."""
        path = self._root / checked_key(key)
        with storage_errors(path):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns an `OSError` while reading `path` into a `StorageError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path} to be readable",
            f"{error.strerror or error}",
            "mend the permissions there, or name another folder as bucket",
        ) from error


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """Gives a temporary file in the folder of `path` whose bytes are on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A web server that runs as another user reads what is published.
        Path(name).chmod(0o644)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
