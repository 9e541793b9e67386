"""`preferences.jsonl`: which of two pairs a person liked better, one judgement a line.

The log is append-only: who takes a judgement back appends a retraction, and readers leave out what
it names. Logs of several people may be put behind each other in any order.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aivj.contracts.fields import Omittable, PairId
from aivj.contracts.json_text import (
    ContractModel,
    parse_json,
    parse_time,
    read_bytes,
    shown,
    validated,
)
from aivj.contracts.jsonl_log import JsonlLog
from aivj.errors import InputError

PREFERENCES_NAME = "preferences.jsonl"
"""File name of a pack's judgements, beside its manifest."""

Side = Literal["left", "right"]
"""Where a pair stood when it was judged."""


def _moment(text: str) -> str:
    try:
        parse_time(text)
    except InputError as error:
        raise ValueError(f"must be {error.expected}") from error
    return text


_Moment = Annotated[str, AfterValidator(_moment)]


class PairRef(ContractModel):
    """One pair of one pack; serves as a key."""

    pack: str = Field(min_length=1, description="Pack name")
    pair: PairId = Field(description="Pair id in the manifest")


class Preference(ContractModel):
    """One judgement. A person's judgements have different times: by them they are retracted."""

    v: Literal["v0"] = Field(default="v0", description="Version of this form")
    winner: PairRef = Field(description="The better pair; in a tie, one of the two")
    loser: PairRef = Field(description="The other pair")
    tie: bool = Field(default=False, strict=True, description="Whether neither was better")
    by: str = Field(min_length=1, description="Who judged")
    at: _Moment = Field(description="When, ISO-8601")
    clip: Omittable[str] = Field(default=None, description="Name of the music they were shown to")
    shown: Omittable[Side] = Field(default=None, description="Where the winner stood")


class Retraction(ContractModel):
    """Takes back whatever this person judged at that time."""

    v: Literal["v0"] = Field(default="v0", description="Version of this form")
    retracts: _Moment = Field(description="The judgement's `at`, as it is written there")
    by: str = Field(min_length=1, description="Who judged, and now takes it back")
    at: Omittable[_Moment] = Field(default=None, description="When it was taken back, ISO-8601")


@dataclass(frozen=True)
class Preferences:
    """The judgements that stand.

    Attributes:
        rows: Judgements that nobody took back, in the order in which they were written.
        num_retracted: Judgements that were taken back.
        num_self_comparisons: Judgements of a pair against itself, which are left out.
        bad_lines: Numbers, from 1, of lines that were not blank and neither a judgement nor a
            retraction.
    """

    rows: tuple[Preference, ...] = ()
    num_retracted: int = 0
    num_self_comparisons: int = 0
    bad_lines: tuple[int, ...] = ()

    @property
    def num_bad_lines(self) -> int:
        """How many lines were neither a judgement nor a retraction."""
        return len(self.bad_lines)


class PreferenceLog(JsonlLog[Preference | Retraction]):
    """The append-only log of judgements."""


def read_preferences(path: Path) -> Preferences:
    """Reads the judgements that stand; what is no judgement is counted and left out.

    A last line that its writer did not finish is ignored, as the next writer will cut it off.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    judged: list[Preference] = []
    retracted: set[tuple[str, str]] = set()
    num_self_comparisons = 0
    bad_lines: list[int] = []
    *lines, torn = read_bytes(path).split(b"\n")
    for number, line in enumerate([*lines, torn], start=1):
        if not line.strip():
            continue
        try:
            row = _row(line, f"{path}:{number}")
        except InputError:
            if number <= len(lines):
                bad_lines.append(number)
            continue
        if isinstance(row, Retraction):
            retracted.add((row.by, row.retracts))
        elif row.winner == row.loser:
            num_self_comparisons += 1
        else:
            judged.append(row)
    rows = tuple(row for row in judged if (row.by, row.at) not in retracted)
    return Preferences(rows, len(judged) - len(rows), num_self_comparisons, tuple(bad_lines))


def _row(line: bytes, source: str) -> Preference | Retraction:
    value = parse_json(line, source)
    if not isinstance(value, dict):
        raise InputError(f"a JSON object at {source}", shown(value), "mend or delete the line")
    if "retracts" in value:
        return validated(Retraction, value, source)
    return validated(Preference, value, source)
