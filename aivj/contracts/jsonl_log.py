"""Append-only logs of JSON rows, and reading them however their writer died.

A row is one line, written by one call. Whatever interrupts the writer, all rows before the last
one stay whole, and a reader and the next writer agree on what the last one is worth.
"""

import contextlib
import mmap
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Generic, Self, TypeVar

from aivj.contracts.json_text import ContractModel, parse_json, row_bytes, validated
from aivj.errors import InputError
from aivj.storage import storage_errors

Row = TypeVar("Row", bound=ContractModel)


class JsonlLog(Generic[Row]):
    """Appends rows to a log; opening one mends the end that a killed writer left.

    A last line without its newline is cut off, unless it is a whole JSON object, which then only
    gets the newline.
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        """Opens or creates the log.

        Args:
            path: The log; its folder is made.
            fsync: Whether each row shall survive a power cut, not only the process.

        Raises:
            StorageError: The log cannot be opened for writing.
        """
        self._path = path
        self._fsync = fsync
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered, so that a row is one system call and a failed one is seen at once.
            self._file = path.open("a+b", buffering=0)
            _mend_end(self._file)

    def append(self, row: Row) -> None:
        """Appends one row.

        Raises:
            StorageError: The disk did not take the row; the log ends with the row before it.
        """
        data = row_bytes(row)
        with storage_errors(self._path):
            end = self._file.seek(0, os.SEEK_END)
            try:
                while data:  # once; a full disk takes a part, and says why it refuses the rest
                    data = data[self._file.write(data) :]
                if self._fsync:
                    os.fsync(self._file.fileno())
            except BaseException:
                with contextlib.suppress(OSError):
                    self._file.truncate(end)
                raise

    def close(self) -> None:
        """Closes the log."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mend_end(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    if not size:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        whole = view.rfind(b"\n") + 1
        tail = view[whole:]
    if not tail:
        return
    try:
        complete = isinstance(parse_json(tail, "the last line"), dict)
    except InputError:
        complete = False
    if complete:
        file.write(b"\n")
    else:
        file.truncate(whole)


@dataclass(frozen=True)
class JsonlRead(Generic[Row]):
    """What a log held.

    Attributes:
        rows: The rows, in the order they were written.
        bad_lines: How many lines were not blank and not a row, by what was wrong with them.
    """

    rows: list[Row]
    bad_lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def num_bad_lines(self) -> int:
        """Lines that were not blank and not a row."""
        return sum(self.bad_lines.values())


def read_jsonl(path: Path, model: type[Row]) -> JsonlRead[Row]:
    """Reads every row of a log that can be read; anything else is counted.

    Raises:
        InputError: There is no such file, or it cannot be read at all.
    """
    rows: list[Row] = []
    bad_lines: Counter[str] = Counter()
    for number, line in enumerate(_lines(path), start=1):
        source = f"{path}:{number}"
        try:
            value = parse_json(line, source)
        except InputError:
            cut_off = not line.endswith(b"\n")
            bad_lines["a line cut off" if cut_off else "no JSON, or NaN"] += 1
            continue
        try:
            rows.append(validated(model, value, source))
        except InputError:
            bad_lines[f"JSON that is no {model.__name__}"] += 1
    return JsonlRead(rows, bad_lines)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise InputError(
            f"a readable log at {path}", f"{error.strerror}", "check the path"
        ) from error
