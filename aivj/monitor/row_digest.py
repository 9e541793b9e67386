"""What `eval.jsonl` and `failures.jsonl` say, taken in line by line and kept in bounded memory."""

import json
import math
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from aivj.contracts.fields import finite_number
from aivj.contracts.monitored_run import FigureHistogram
from aivj.monitor.pair_set import PairSet
from aivj.monitor.time_steps import TimeSteps

WALL_TILES = 24
"""Rows that the wall shows."""

_WINDOW_ROWS = 200
_MAX_KINDS = 64
_MAX_T_MS = 8.64e15  # the last moment that JavaScript knows

# How the contract's own reader finds a row: compact JSON, `pack` before `pair`, which is a number.
_PACK_AND_PAIR = re.compile(rb'"pack":"([^"]*)".*?"pair":(\d+)')


@dataclass
class Histogram:
    """Counts a figure by columns of equal width, in the figure or its logarithm."""

    name: str
    low: float
    high: float
    is_log: bool = False
    num_columns: int = 32
    limit: float | None = None
    num_unknown: int = 0
    counts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = [0] * self.num_columns

    def add(self, value: object) -> None:
        """Counts a row's figure."""
        number = finite_number(value)
        if number is None:
            self.num_unknown += 1
            return
        if self.is_log:
            number = math.log10(number) if number > 0 else self.low
        place = int((number - self.low) / (self.high - self.low) * self.num_columns)
        self.counts[min(max(place, 0), self.num_columns - 1)] += 1

    def told(self) -> FigureHistogram:
        """Returns it as it is told."""
        return FigureHistogram(
            name=self.name,
            low=self.low,
            high=self.high,
            is_log=self.is_log,
            counts=list(self.counts),
            num_unknown=self.num_unknown,
            limit=self.limit,
        )


@dataclass
class PackDigest:
    """What is known of a pack's rows and failures."""

    num_rows: int = 0
    num_ok: int = 0
    num_failed: int = 0
    visited: PairSet = field(default_factory=PairSet)
    done: PairSet = field(default_factory=PairSet)


class RowDigest:
    """The figures of a run, from its rows and failures.

    Attributes:
        lines: Lines of rows that are not blank.
        parse_fail: Those that the contract's reader makes nothing of.
        num_bad_lines: Lines of rows and failures that are no row of JSON.
        num_rows: Rows.
        num_ok: Those that pass the heuristic.
        num_deaf: Those that look the same in silence.
        num_told_response: Those that tell.
        num_failures: Failures.
        visited: Different pairs by pack, as the contract's reader counts them.
        packs: Figures by pack.
        reasons: Rows by failed check.
        failures: Failures by kind.
        recent: The last rows: pack and pair, and RMS of the music.
        recent_failed: Of the last attempts, whether each failed.
        wall: The last rows of pairs, whole.
        last: The last row, whole.
        steps: What came when.
        histograms: Distributions.
    """

    def __init__(self, *, luma_min: float, motion_min: float) -> None:
        self.lines = self.parse_fail = self.num_bad_lines = 0
        self.num_rows = self.num_ok = self.num_failures = 0
        self.num_deaf = self.num_told_response = 0
        self.visited: dict[str, PairSet] = {}
        self.packs: dict[str, PackDigest] = {}
        self.reasons: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.recent: deque[tuple[tuple[str, object], float | None]] = deque(maxlen=_WINDOW_ROWS)
        self.recent_failed: deque[bool] = deque(maxlen=_WINDOW_ROWS)
        self.wall: deque[dict[str, Any]] = deque(maxlen=WALL_TILES)
        self.last: dict[str, Any] | None = None
        self.steps = TimeSteps()
        self.histograms = (
            Histogram("vizAvgLuma", 0, 0.64, limit=luma_min),
            Histogram("vizAvgFrameDelta", -7, -1, is_log=True, limit=motion_min),
            Histogram("audioResponse", -5, 0, is_log=True),
            Histogram("flashesPerS", 0, 8, num_columns=16, limit=3.0),
        )

    def add_row(self, line: bytes) -> None:
        """Takes in a line of `eval.jsonl`."""
        if not line.strip():
            return
        self.lines += 1
        found = _PACK_AND_PAIR.search(line)
        if found is None:
            self.parse_fail += 1
        else:
            pack = found[1].decode(errors="replace")
            self.visited.setdefault(pack, PairSet()).add(_id(found[2]))
        row = parsed(line)
        if row is None or not isinstance(row.get("pack"), str):
            self.num_bad_lines += 1
            return
        self._count(row)

    def add_failure(self, line: bytes) -> None:
        """Takes in a line of `failures.jsonl`."""
        if not line.strip():
            return
        row = parsed(line)
        if row is None or not isinstance(row.get("pack"), str):
            self.num_bad_lines += 1
            return
        pack = self._pack(row["pack"])
        self.num_failures += 1
        pack.num_failed += 1
        self.failures[self._kind(self.failures, row.get("kind"))] += 1
        self.recent_failed.append(True)
        pair = _pair(row)
        fresh = pair is not None and pack.done.add(pair)
        self._note_time(row, is_row=False, fresh=fresh)

    def derived(self, rest: bytes) -> tuple[int, int, dict[str, int]]:
        """Returns lines, lines without pack and pair, and visited pairs by pack.

        Args:
            rest: What stands behind the last whole line: a line to the contract's reader.
        """
        visited = {pack: pairs.num for pack, pairs in self.visited.items()}
        if not rest.strip():
            return self.lines, self.parse_fail, visited
        found = _PACK_AND_PAIR.search(rest)
        if found is None:
            return self.lines + 1, self.parse_fail + 1, visited
        pack = found[1].decode(errors="replace")
        is_new = _id(found[2]) not in self.visited.get(pack, PairSet())
        return self.lines + 1, self.parse_fail, visited | {pack: visited.get(pack, 0) + is_new}

    def _count(self, row: dict[str, Any]) -> None:
        self.last = row
        pack = self._pack(row["pack"])
        is_ok = row.get("okHeuristic") is True
        self.num_rows += 1
        self.num_ok += is_ok
        pack.num_rows += 1
        pack.num_ok += is_ok
        reasons = row.get("reasons")
        for reason in reasons if isinstance(reasons, list) else ():
            self.reasons[self._kind(self.reasons, reason)] += 1
        for histogram in self.histograms:
            histogram.add(row.get(histogram.name))
        response = finite_number(row.get("audioResponse"))
        if response is not None:
            self.num_told_response += 1
            self.num_deaf += response == 0
        pair = _pair(row)
        fresh = False
        if pair is not None:
            pack.visited.add(pair)
            fresh = pack.done.add(pair)
            self.wall.append(row)
        self.recent.append(((row["pack"], row.get("pair")), finite_number(row.get("audioRms"))))
        self.recent_failed.append(False)
        self._note_time(row, is_row=True, fresh=fresh)

    def _note_time(self, row: dict[str, Any], *, is_row: bool, fresh: bool) -> None:
        t_ms = finite_number(row.get("tMs"))
        if t_ms is not None and 0 <= t_ms <= _MAX_T_MS:
            self.steps.add(int(t_ms), row=is_row, fresh=fresh)

    def _pack(self, name: str) -> PackDigest:
        if len(self.packs) >= _MAX_KINDS and name not in self.packs:
            name = "other packs"
        return self.packs.setdefault(name, PackDigest())

    @staticmethod
    def _kind(counts: Counter[str], word: object) -> str:
        """Returns what to count a word as: a foreign file may hold as many as it likes."""
        text = word if isinstance(word, str) else "no word"
        return text if text in counts or len(counts) < _MAX_KINDS else "others"


def parsed(line: bytes) -> dict[str, Any] | None:
    """Returns the object that a line is; None if it is none."""
    try:
        value = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(name: str) -> None:
    raise ValueError(name)


def _pair(row: dict[str, Any]) -> int | None:
    number = finite_number(row.get("pair"))
    return int(number) if number is not None and number >= 0 and number.is_integer() else None


_MAX_DIGITS = 18


def _id(digits: bytes) -> int:
    """Returns a pair's id; of a number that is none, its first digits."""
    return int(digits[:_MAX_DIGITS])
