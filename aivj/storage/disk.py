"""A folder of objects on a disk."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from aivj.errors import StorageError
from aivj.storage.files import storage_errors, write_atomic
from aivj.storage.objects import ObjectInfo


class DiskFolder:
    """Files of one folder on a disk.

    A name that begins with a dot is the beginning of a file whose writer died, or still writes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self.uri = str(self._path)

    def read(self, name: str) -> bytes | None:
        """See `ObjectFolder.read`."""
        path = self._path / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from error

    def read_range(self, name: str, start: int, size: int) -> bytes | None:
        """See `ObjectFolder.read_range`."""
        path = self._path / name
        try:
            with path.open("rb") as file:
                file.seek(start)
                return file.read(size)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from error

    def write(self, name: str, data: bytes) -> None:
        """See `ObjectFolder.write`."""
        write_atomic(self._path / name, data)

    def remove(self, name: str) -> None:
        """See `ObjectFolder.remove`."""
        path = self._path / name
        with storage_errors(path):
            path.unlink(missing_ok=True)

    def remove_all(self) -> None:
        """See `ObjectFolder.remove_all`."""
        with storage_errors(self._path), contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._path)

    def listing(self) -> Mapping[str, ObjectInfo]:
        """See `ObjectFolder.listing`."""
        found: dict[str, ObjectInfo] = {}
        for entry in self._entries():
            try:
                if not entry.is_file():
                    continue
                status = entry.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            except OSError as error:
                raise _unreadable(Path(entry.path), error) from error
            written_at = datetime.fromtimestamp(status.st_mtime, UTC)
            found[entry.name] = ObjectInfo(status.st_size, written_at)
        return found

    def folders(self) -> list[str]:
        """See `ObjectFolder.folders`."""
        return sorted(entry.name for entry in self._entries() if entry.is_dir())

    def folder(self, name: str) -> "DiskFolder":
        """See `ObjectFolder.folder`."""
        return DiskFolder(self._path / name)

    def _entries(self) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._path) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(self._path, error) from error


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} to be read",
        f"{error.strerror or error}",
        "mend the permissions or the disk there, then run the same command again",
    )
