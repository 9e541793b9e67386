"""A run's folder as a journal in a bucket: numbered segments, each written once, of what was added.

A segment is a ZIP archive with the new lines of the files that only grow, and the whole of those
that were written anew, as `grown/<offset>/<name>` and `whole/<name>`. Segment by segment the folder
comes to be again. Two drivers cannot both write a number, so whoever is overtaken notices.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aivj.contracts.run_folder import EVAL_NAME, FAILURES_NAME, LOG_NAME
from aivj.errors import LostRaceError, StorageError
from aivj.storage import Bucket, resolve_under, storage_errors, write_atomic

JOURNAL_NAME = "journal"
STATE_NAME = ".journal.json"
"""What of a folder is in the bucket; a folder that holds it is that of a run with a journal."""

# Rows first: what a row needs is written before it, so that it is in no later segment.
_GROWING = (EVAL_NAME, FAILURES_NAME, LOG_NAME)


@dataclass
class _State:
    """What of the folder is in the bucket.

    Attributes:
        number: Of the last segment; 0 for none.
        version: Its version in the bucket.
        grown: Inode and size of what is there of each file that grows, by name.
        whole: Size and time of modification, in ns, of each other file that is there, by name.
        num_lines: Lines of each file that grows.
    """

    number: int = 0
    version: str = ""
    grown: dict[str, list[int]] = field(default_factory=dict)
    whole: dict[str, list[int]] = field(default_factory=dict)
    num_lines: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "_State":
        """Returns one that can be changed by itself."""
        return _State(
            self.number, self.version, dict(self.grown), dict(self.whole), dict(self.num_lines)
        )


class Journal:
    """The journal of the run that is worked on in `folder`, below `key` in a bucket."""

    def __init__(self, bucket: Bucket, key: str, folder: Path) -> None:
        self._bucket = bucket
        self._prefix = f"{key}/{JOURNAL_NAME}/" if key else f"{JOURNAL_NAME}/"
        self._folder = folder
        self._state = self._read_state()
        self._pending: tuple[str, bytes, _State] | None = None

    @property
    def num_rows(self) -> int:
        """Rows that are in the bucket."""
        return self._state.num_lines.get(EVAL_NAME, 0)

    @property
    def num_failures(self) -> int:
        """Failures that are in the bucket."""
        return self._state.num_lines.get(FAILURES_NAME, 0)

    @property
    def names(self) -> frozenset[str]:
        """Files that are in the journal."""
        return frozenset(self._state.grown) | frozenset(self._state.whole)

    def restore(self) -> None:
        """Makes the folder what the bucket says, or leaves it if it is that and maybe ahead.

        Raises:
            StorageError: The bucket does not answer, or a segment is damaged.
        """
        segments = self._bucket.versions(self._prefix)
        key = next(reversed(list(segments)), None)
        if (None if key is None else segments[key]) == (self._state.version or None):
            return
        for path in _files(self._folder):
            path.unlink()
        self._state = _State()
        for each, version in segments.items():
            self._apply(each)
            self._state.number, self._state.version = _number(each), version
        for name in self.names:
            self._note(name)
        self._write_state()

    def follow(self) -> None:
        """Brings what was added since the last call; for folders that nobody writes here.

        Raises:
            StorageError: The bucket does not answer, or a segment is damaged.
        """
        segments = self._bucket.versions(self._prefix)
        known = [key for key in segments if _number(key) <= self._state.number]
        if not known or segments[known[-1]] != self._state.version:
            self.restore()
            return
        for key in list(segments)[len(known) :]:
            self._apply(key)
            self._state.number, self._state.version = _number(key), segments[key]
        for name in self.names:
            self._note(name)
        self._write_state()

    def flush(self) -> bool:
        """Writes what is new as one segment; returns whether anything was.

        Raises:
            LostRaceError: Another driver writes this run.
            StorageError: The bucket did not take it; the next call tries again.
        """
        if self._pending is None:
            self._pending = self._segment()
        if self._pending is None:
            return False
        key, data, state = self._pending
        # When no answer comes nobody knows whether it was taken: it is written again as it was.
        state.version = self._bucket.swap(key, data, None)
        self._state, self._pending = state, None
        self._write_state()
        return True

    def _segment(self) -> tuple[str, bytes, _State] | None:
        state = self._state.copy()
        state.number += 1
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in _GROWING:
                self._add_growth(name, archive, state)
            for path in _files(self._folder):
                name = path.relative_to(self._folder).as_posix()
                stamp = _stamp(path)
                if name not in _GROWING and state.whole.get(name) != stamp:
                    archive.write(path, f"whole/{name}")
                    state.whole[name] = stamp
            if not archive.namelist():
                return None
        return f"{self._prefix}{state.number:08d}.zip", buffer.getvalue(), state

    def _add_growth(self, name: str, archive: zipfile.ZipFile, state: _State) -> None:
        path = self._folder / name
        if not path.exists():
            return
        with path.open("rb") as file:
            inode, start = path.stat().st_ino, state.grown.get(name, [0, 0])
            is_same = start[0] == inode and path.stat().st_size >= start[1]
            offset = start[1] if is_same else 0
            file.seek(offset)
            added = file.read()
        added = added[: added.rfind(b"\n") + 1]
        if is_same and not added:
            return
        archive.writestr(f"grown/{offset}/{name}", added)
        state.grown[name] = [inode, offset + len(added)]
        before = state.num_lines.get(name, 0) if is_same else 0
        state.num_lines[name] = before + added.count(b"\n")

    def _apply(self, key: str) -> None:
        found = self._bucket.get(key)
        try:
            with zipfile.ZipFile(io.BytesIO(b"" if found is None else found[0])) as archive:
                for entry in archive.namelist():
                    kind, _, rest = entry.partition("/")
                    offset, _, name = rest.partition("/") if kind == "grown" else ("", "", rest)
                    self._put(name, archive.read(entry), int(offset) if offset else None)
        except (zipfile.BadZipFile, ValueError, KeyError) as error:
            raise StorageError(
                f"a whole segment of a run's journal at {self._bucket.uri}/{key}",
                f"{type(error).__name__}: {error}",
                "restore it from the bucket's versions, or sample into another --out-dir",
            ) from error

    def _put(self, name: str, data: bytes, offset: int | None) -> None:
        path = resolve_under(self._folder, name)
        if offset is None:
            write_atomic(path, data, fsync=False)
            self._state.whole[name] = []
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with storage_errors(path), path.open("ab") as file:
            if offset not in {0, file.tell()}:
                raise ValueError(f"{name} has {file.tell()} bytes and goes on at {offset}")
            file.truncate(offset)
            file.write(data)
        before = self._state.num_lines.get(name, 0) if offset else 0
        self._state.num_lines[name] = before + data.count(b"\n")
        self._state.grown[name] = []

    def _note(self, name: str) -> None:
        path = self._folder / name
        if name in self._state.grown:
            status = path.stat()
            self._state.grown[name] = [status.st_ino, status.st_size]
        else:
            self._state.whole[name] = _stamp(path)

    def _read_state(self) -> _State:
        try:
            return _State(**json.loads((self._folder / STATE_NAME).read_bytes()))
        except (OSError, ValueError, TypeError):
            return _State()

    def _write_state(self) -> None:
        data = json.dumps(asdict(self._state)).encode()
        write_atomic(self._folder / STATE_NAME, data, fsync=False)


def overtaken(place: str, error: LostRaceError) -> StorageError:
    """Makes the error for a driver whose run another one writes."""
    return StorageError(
        f"to be the only driver of {place}",
        f"another one that took it over: {error.found}",
        "let that one end; what was measured here is in the store of takes and costs nothing again",
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _number(key: str) -> int:
    return int(Path(key).stem)
