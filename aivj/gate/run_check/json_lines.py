"""A log of JSON rows line by line, with everything a tolerant reader passes over."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from aivj.contracts.json_text import ContractModel, parse_json, read_bytes, validated
from aivj.errors import InputError

Row = TypeVar("Row", bound=ContractModel)


@dataclass(frozen=True)
class JsonLine:
    """One line.

    Attributes:
        number: Its number, from 1.
        text: The line without its end.
        value: The JSON object in it; None if there is none.
        keys: The object's keys as they stand there, repeated ones too.
        problem: Why there is no JSON object; empty if there is.
    """

    number: int
    text: str
    value: Mapping[str, Any] | None = None
    keys: tuple[str, ...] = ()
    problem: str = ""

    @property
    def pack(self) -> str | None:
        """Its pack, if that is text."""
        pack = self.value.get("pack") if self.value else None
        return pack if isinstance(pack, str) else None

    @property
    def pair(self) -> int | None:
        """Its pair, if that is a whole number."""
        pair = self.value.get("pair") if self.value else None
        return pair if isinstance(pair, int) and not isinstance(pair, bool) else None


@dataclass(frozen=True)
class JsonLines:
    """A log.

    Attributes:
        lines: Its lines; a torn last one is left out, as every reader of ours does.
        unended_line: Number of the last line if it has no newline, else None.
    """

    lines: tuple[JsonLine, ...]
    unended_line: int | None

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """Pack and pair of every line that has both."""
        return [
            (line.pack, line.pair)
            for line in self.lines
            if line.pack is not None and line.pair is not None
        ]


@dataclass(frozen=True)
class NumberedRow(Generic[Row]):
    """A row with the number of its line."""

    number: int
    row: Row


def read_json_lines(path: Path) -> JsonLines | None:
    """Reads a log; None if there is no such file.

    Raises:
        InputError: It is there and cannot be read.
    """
    if not path.exists():
        return None
    whole, newline, tail = read_bytes(path).rpartition(b"\n")
    texts = whole.split(b"\n") if newline else []
    lines = [_read_line(number, data) for number, data in enumerate(texts, start=1)]
    if not tail:
        return JsonLines(tuple(lines), None)
    last = _read_line(len(lines) + 1, tail)
    kept = [last] if last.value is not None else []
    return JsonLines((*lines, *kept), last.number)


def rows_of(lines: Sequence[JsonLine], model: type[Row]) -> tuple[NumberedRow[Row], ...]:
    """Returns the lines that are a row as a tolerant reader takes them."""
    rows = []
    for line in lines:
        try:
            rows.append(NumberedRow(line.number, validated(model, line.value, "the line")))
        except InputError:
            continue
    return tuple(rows)


def _read_line(number: int, data: bytes) -> JsonLine:
    text = data.decode(errors="replace")
    try:
        value = parse_json(data, "the line")
    except InputError as error:
        return JsonLine(number, text, problem=f"no JSON: {error.found}")
    if not isinstance(value, dict):
        return JsonLine(number, text, problem=f"no JSON object but a {type(value).__name__}")
    pairs = json.loads(data.decode("utf-8-sig"), object_pairs_hook=list)
    return JsonLine(number, text, value, tuple(key for key, _ in pairs))
