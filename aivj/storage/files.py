"""Files: written whole or not at all, and never outside their root.

Knows nothing of what the files mean; `aivj.contracts` does.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from aivj.errors import StorageError, UnsafePathError


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns an `OSError` while writing `path` into a `StorageError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path} to be written",
            f"{error.strerror or error}",
            "free space or mend the permissions there, then run the same command again",
        ) from error


def require_writable_folder(path: Path) -> None:
    """Checks, without making it, that a folder can be made at `path` or written to.

    Raises:
        StorageError: A file is in its place or above it, or it may not be written.
    """
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise StorageError(
            f"a folder at {path} that can be written",
            f"{there}, which is a file" if not there.is_dir() else f"{there}, which is read-only",
            "mend the permissions there, or name another folder",
        )


def write_atomic(path: Path, data: bytes, *, fsync: bool = True) -> None:
    """Writes `data` to `path` so that a reader sees the old content or the new, never a part.

    Args:
        path: The file; its folder is made.
        data: Its whole content.
        fsync: Whether it shall survive a power cut, not only this process.

    Raises:
        StorageError: The disk is full or the folder cannot be written; `path` is unchanged.
    """
    with open_atomic(path, fsync=fsync) as file:
        file.write(data)


@contextlib.contextmanager
def open_atomic(path: Path, *, fsync: bool = True) -> Iterator[BinaryIO]:
    """Opens a file that takes the place of `path` when the block ends, and never if it raises.

    Args:
        path: The file; its folder is made.
        fsync: Whether it shall survive a power cut, not only this process.

    Raises:
        StorageError: The disk is full or the folder cannot be written; `path` is unchanged.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                if fsync:
                    os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def resolve_under(root: Path, relative: str) -> Path:
    """Resolves a `/`-separated path or URL path below `root`.

    Percent-encoding is undone first, a leading `/` means the root itself, and symbolic links
    may not lead out.

    Raises:
        UnsafePathError: The path holds `..`, a backslash, a NUL or a drive, leaves `root`, or is
            a link to itself.
    """
    decoded = unquote(relative)
    parts = PurePosixPath(decoded.lstrip("/")).parts
    unsafe = ".." in parts or "\\" in decoded or "\0" in decoded or any(":" in p for p in parts[:1])
    try:
        resolved = root.joinpath(*parts).resolve() if not unsafe else None
    except (OSError, RuntimeError, ValueError):  # links in a circle, text that is no file name
        resolved = None
    if resolved is None or not resolved.is_relative_to(root.resolve()):
        raise UnsafePathError(
            f"a path below {root}",
            repr(relative),
            "write it relative to the root, without '..'",
        )
    return resolved


def sha256_hex(data: bytes) -> str:
    """Returns the SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
