"""Lines and numbers of logs that other programs write."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from aivj.contracts.json_text import read_bytes

Entry = TypeVar("Entry")

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class LogRead(Generic[Entry]):
    """What a log held.

    Attributes:
        entries: Its entries, in the order they were written.
        num_lines: Its lines, those of others too.
        num_bad_lines: Lines that begin like an entry and are none.
    """

    entries: tuple[Entry, ...]
    num_lines: int
    num_bad_lines: int


def read_lines(paths: Iterable[Path]) -> list[str]:
    """Returns the lines of logs, one log after the other. Bytes that are not UTF-8 are replaced.

    Raises:
        InputError: A log is missing or cannot be read.
    """
    return [
        line for path in paths for line in read_bytes(path).decode(errors="replace").splitlines()
    ]


def read_entries(
    lines: Sequence[str], marker: str, parse: Callable[[str], Entry | None]
) -> LogRead[Entry]:
    """Reads the lines that have a marker.

    Args:
        lines: The log.
        marker: What only lines with an entry have.
        parse: Makes the entry of such a line; None if there is none in it.
    """
    parsed = [parse(line) for line in lines if marker in line]
    entries = tuple(entry for entry in parsed if entry is not None)
    return LogRead(entries, len(lines), len(parsed) - len(entries))


def finite(text: str) -> float | None:
    """Returns the finite decimal number that `text` is, or None."""
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None
