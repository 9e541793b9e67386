"""Folders of drawn presets: put in place as a whole, and never over somebody else's."""

import contextlib
import ctypes
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError
from aivj.packs.drawing import DrawnPair
from aivj.packs.provenance import PROVENANCE_NAME, Provenance
from aivj.storage import storage_errors

# Of <fcntl.h> and <linux/fs.h>.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def drawn_files(pairs: Iterable[DrawnPair], provenance: Provenance) -> dict[str, bytes]:
    """Returns what a drawn folder holds apart from its manifest, by relative path."""
    copies = {name: data for pair in pairs for name, data in pair.copies().items()}
    return {**copies, PROVENANCE_NAME: document_bytes(provenance)}


def holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether each of `files` lies in `folder` with exactly these bytes."""
    try:
        return all((folder / name).read_bytes() == data for name, data in files.items())
    except OSError:
        return False


@contextlib.contextmanager
def replaced_folder(folder: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Yields a new folder that holds `files`, to be completed; then puts it in place of `folder`.

    Whoever looks at `folder` sees the old one or the new one, never a part; where the system cannot
    exchange two folders, for an instant none. If anything fails, the old one stays.

    Raises:
        InputError: What is at `folder` was not drawn by AIVJ.
        StorageError: The disk did not take the files.
    """
    with storage_errors(folder):
        require_drawn_or_free(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    fresh = workshop / "new"
    try:
        with storage_errors(folder):
            for name, data in files.items():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                (fresh / name).write_bytes(data)
        yield fresh
        with storage_errors(folder):
            _swap(fresh, folder, workshop / "old")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def require_drawn_or_free(folder: Path) -> None:
    """Checks that nothing is at `folder` but what AIVJ drew.

    Raises:
        InputError: Something else is.
    """
    is_ours = (folder / PROVENANCE_NAME).is_file()
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not (is_ours or is_free):
        raise InputError(
            f"no folder at {folder}, or one that was drawn by AIVJ",
            f"one without {PROVENANCE_NAME}",
            "choose another name, or move it away: drawing would replace it",
        )


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    """Puts `fresh` at `folder`; what was there goes to `fresh` or `old`, and back if that fails."""
    if not folder.exists():
        fresh.rename(folder)
        return
    if _exchange(fresh, folder):
        return
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two paths at once, as Linux can on most file systems; tells whether it did."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    failed = renameat2(_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(other), _RENAME_EXCHANGE)
    return not failed
