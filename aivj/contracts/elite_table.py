"""A table of scored pairs as people write it: CSV with a header, one pair a line."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from aivj.contracts.json_text import read_bytes
from aivj.errors import InputError

MAX_SCORE = 5.0

_SCORE_COLUMNS = ("score", "rating")
_DELIMITERS = (",", ";", "\t")
_NUM_SHOWN = 3
_COLUMNS = "a header with the columns score and pair, or score, fg and bg"
_CELLS = f"a score from 0 to {MAX_SCORE:g}, and a pair's id or two presets, in each line"


@dataclass(frozen=True)
class EliteTableRow:
    """One scored pair.

    Attributes:
        line: Where it stands, from 1.
        score: 0 to 5.
        pair: Id in a pack; None if presets are named.
        fg: Foreground as it is named; None if an id is.
        bg: Background, likewise.
    """

    line: int
    score: float
    pair: int | None
    fg: str | None
    bg: str | None


def read_elite_table(path: Path) -> list[EliteTableRow]:
    """Reads a table. Commas, semicolons or tabs part its columns; others than ours are ignored.

    Raises:
        InputError: It is missing, no text, or without the columns; a line cannot be used, or the
            same pair stands in two. All such lines are counted, the first ones told.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"text in UTF-8 in {path}", f"byte {error.start} is none", "save the table as UTF-8"
        ) from error
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        header = [name.strip().lower() for name in next(table, [])]
        return _rows(path, header, [(table.line_num, cells) for cells in table])
    except csv.Error as error:
        refuse_lines(path, _CELLS, [f"line {table.line_num}: {error}"])


def refuse_lines(path: Path, expected: str, found: Sequence[str]) -> NoReturn:
    """Refuses lines of a table.

    Args:
        path: The table.
        expected: What each line should have held.
        found: What is wrong with each, with its number.

    Raises:
        InputError: Always; tells the first few.
    """
    more = len(found) - _NUM_SHOWN
    raise InputError(
        f"{expected} of {path}",
        "; ".join(found[:_NUM_SHOWN]) + (f"; and {more} more" if more > 0 else ""),
        "mend or delete these lines; nothing was written",
    )


def _delimiter(text: str) -> str:
    """Returns what parts the columns: whichever stands in the header most."""
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _rows(path: Path, header: list[str], lines: list[tuple[int, list[str]]]) -> list[EliteTableRow]:
    score = next((name for name in _SCORE_COLUMNS if name in header), None)
    if score is None or not ("pair" in header or {"fg", "bg"} <= set(header)):
        found = ", ".join(filter(None, header)) or "nothing"
        raise InputError(f"{_COLUMNS} in {path}", found, "name the columns in the first line")
    rows: list[EliteTableRow] = []
    wrong: list[str] = []
    line_of: dict[tuple[int | None, str | None, str | None], int] = {}
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        try:
            row = _row(line, named, score)
        except ValueError as error:
            wrong.append(f"line {line}: {error}")
            continue
        first = line_of.setdefault((row.pair, row.fg, row.bg), line)
        if first != line:
            wrong.append(f"line {line}: the pair of line {first} once more")
        rows.append(row)
    if wrong:
        refuse_lines(path, _CELLS, wrong)
    if not rows:
        raise InputError(f"scored pairs in {path}", "a header alone", "write one pair a line")
    return rows


def _row(line: int, named: dict[str, str], score_column: str) -> EliteTableRow:
    """Reads one line.

    Raises:
        ValueError: It cannot be used; says why.
    """
    score = _score(named.get(score_column, ""))
    text = named.get("pair", "")
    if text:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{text!r} is no pair's id")
        return EliteTableRow(line, score, int(text), None, None)
    fg, bg = (named.get(layer, "") for layer in ("fg", "bg"))
    if not (fg and bg):
        raise ValueError("neither a pair's id nor two presets")
    return EliteTableRow(line, score, None, fg, bg)


def _score(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if not 0 <= score <= MAX_SCORE:
        raise ValueError(f"score {text!r}")
    return score
