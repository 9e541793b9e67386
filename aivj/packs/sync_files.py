"""The files of one source pack on their way: found inside the source base, written once."""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from aivj.contracts.foreign_paths import posix_path
from aivj.contracts.json_text import read_bytes
from aivj.errors import InputError, UnsafePathError
from aivj.packs.drawing import MAX_PRESET_BYTES
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE
from aivj.packs.scan import PRESET_SUFFIX
from aivj.storage import resolve_under, storage_errors, write_atomic

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class SyncPlaces:
    """Where packs are, and where they go.

    Attributes:
        source_base: Folder of the source packs.
        dest_base: The runtime's presets, `<packs_root>/presets`.
    """

    source_base: Path
    dest_base: Path


@dataclass(frozen=True)
class SyncOptions:
    """How packs are brought.

    Attributes:
        clean: Whether a pack that was synced before is removed first.
        dry_run: Whether nothing is written.
        compare: Whether files are compared though the list of them is the one of before.
        limit: Most presets of a flat pack, 0 for all.
        max_bytes: Most bytes of a pack that are copied.
    """

    clean: bool = False
    dry_run: bool = False
    compare: bool = False
    limit: int = 0
    max_bytes: int = MAX_PACK_BYTES


class SyncFiles:
    """Files of one pack that are to be copied, and why others are not.

    Attributes:
        source: The source pack's folder.
        dest: Where the pack is synced to.
        sources: Where each file is, by the place it takes below `dest`.
        errors: What cannot be taken, by reason.
    """

    def __init__(self, pack: str, places: SyncPlaces) -> None:
        self.source = places.source_base / pack
        self.dest = places.dest_base / pack
        self.sources: dict[str, Path] = {}
        self.errors: Counter[str] = Counter()
        self._base = places.source_base.absolute()
        self._num_bytes = 0

    def add(self, *files: tuple[str, str]) -> bool:
        """Takes files that belong together, or counts why not.

        Args:
            files: The place that each takes below `dest`, and its path as the source has it.
        """
        found: dict[str, Path] = {}
        num_bytes = 0
        for relative, written in files:
            try:
                source = self._found(relative, written)
                resolve_under(self.dest, quote(relative))
                size = 0 if source is None else source.stat().st_size
            except UnsafePathError:
                self.errors["file outside its root"] += 1
                return False
            except OSError:
                source, size = None, 0
            why = self._refusal(relative, source, size)
            if why is not None:
                self.errors[why] += 1
                return False
            if source is not None and relative not in self.sources:
                found[relative] = source
                num_bytes += size
        self.sources |= found
        self._num_bytes += num_bytes
        return True

    def require_room(self, max_bytes: int) -> None:
        """Checks how much would be copied.

        Raises:
            InputError: More than `max_bytes`.
        """
        if self._num_bytes > max_bytes:
            raise InputError(
                f"at most {max_bytes / MEGABYTE:g} MB of presets in {self.source}",
                f"{self._num_bytes / MEGABYTE:.3g} MB",
                "a runtime's folder is no library: sync less of it (--limit), or allow more with "
                "--max-mb",
            )

    def clean(self) -> None:
        """Removes what was synced before.

        Raises:
            StorageError: It cannot be removed.
        """
        if self.dest.exists():
            with storage_errors(self.dest):
                shutil.rmtree(self.dest)

    def copy(self, on_progress: OnProgress) -> int:
        """Writes what is not there as it is; returns how many files that were.

        Raises:
            InputError: A source vanished.
            StorageError: The disk did not take a file.
        """
        num_written = 0
        for number, (relative, source) in enumerate(self.sources.items(), start=1):
            data = read_bytes(source)
            if not _is_there(self.dest / relative, data):
                write_atomic(self.dest / relative, data, fsync=False)
                num_written += 1
            on_progress(number, len(self.sources))
        return num_written

    def nothing(self, what: str) -> InputError:
        """Returns the error of a pack without anything to bring."""
        return InputError(
            f"{what} in {self.source}",
            counted(self.errors) or "none",
            "check the pack's name, and that its files are there",
        )

    def _refusal(self, relative: str, source: Path | None, size: int) -> str | None:
        if source is None:
            return "missing file"
        if size > MAX_PRESET_BYTES:
            return "file too large for a preset"
        if not relative.lower().endswith(PRESET_SUFFIX):
            return f"file that is no {PRESET_SUFFIX}"
        is_other = self.sources.get(relative, source) != source
        return "second file for one place" if is_other else None

    def _found(self, relative: str, written: str) -> Path | None:
        """Returns where a file is: in its pack, or where its path says if that is in the base."""
        path = resolve_under(self.source, quote(relative))
        if path.is_file():
            return path
        spelled = Path(posix_path(written))
        if not spelled.is_relative_to(self._base):
            return None
        path = resolve_under(self._base, quote(spelled.relative_to(self._base).as_posix()))
        return path if path.is_file() else None


def counted(errors: Mapping[str, int]) -> str:
    """Returns reasons with how often they came, in order."""
    return ", ".join(f"{num} {why}" for why, num in sorted(errors.items()))


def _is_there(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
