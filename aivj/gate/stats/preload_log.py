"""`preload.log`: what presets made ready ahead cost."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aivj.gate.stats.log_text import finite

T = TypeVar("T")

_SKIP = "[Preload] Skip"
_FAILED = "[Preload] Failed:"
# Names of presets have brackets too: the reason is the last pair of them, with what is nested.
_FAILURE = re.compile(r"\[Preload\] Failed:\s*\S.*?\s*\((?P<value>(?:[^()]|\([^()]*\))*)\)\s*$")
_VALUE = r"[\s:=]+(?P<value>[^\s,;)\]]*)"
_FRAME_TIME = re.compile(r"\bframe-time" + _VALUE)
_BATCH_SIZE = re.compile(r"\b(?:batchSize|batch(?==))" + _VALUE)
_BATCH_DONE = re.compile(r"\[Preload\] batch done in" + _VALUE)
_AGGRESSIVENESS = re.compile(r"\baggr" + _VALUE)


@dataclass(frozen=True)
class PreloadLog:
    """What the log held; a line may hold several of these.

    Attributes:
        num_lines: Lines that were read.
        num_bad_lines: Lines that name one of these and have no value for it.
        frame_times_ms: Times from frame to frame.
        batch_sizes: Presets that were made ready together.
        batch_times_ms: How long such batches took.
        aggressiveness: How eagerly presets were made ready, 0 to 1.
        failure_reasons: Why presets could not be made ready.
        num_skipped: Presets that were left out.
    """

    num_lines: int
    num_bad_lines: int
    frame_times_ms: tuple[float, ...]
    batch_sizes: tuple[int, ...]
    batch_times_ms: tuple[float, ...]
    aggressiveness: tuple[float, ...]
    failure_reasons: tuple[str, ...]
    num_skipped: int


def read_preload_log(lines: Sequence[str]) -> PreloadLog:
    """Reads a log.

    Its entries are `[Preload] Skip X`, `frame-time Nms`, `batchSize N` or `batch=N`,
    `[Preload] batch done in Nms`, `[Preload] Failed: T (reason)` and `aggr=N`. Other lines are
    others'.
    """
    frame_times = [_values(_FRAME_TIME, line, _milliseconds) for line in lines]
    batch_sizes = [_values(_BATCH_SIZE, line, _count) for line in lines]
    batch_times = [_values(_BATCH_DONE, line, _milliseconds) for line in lines]
    aggressiveness = [_values(_AGGRESSIVENESS, line, _share01) for line in lines]
    failures = [_failures(line) for line in lines]
    by_line = zip(frame_times, batch_sizes, batch_times, aggressiveness, failures, strict=True)
    return PreloadLog(
        num_lines=len(lines),
        num_bad_lines=sum(any(None in values for values in kinds) for kinds in by_line),
        frame_times_ms=_present(frame_times),
        batch_sizes=_present(batch_sizes),
        batch_times_ms=_present(batch_times),
        aggressiveness=_present(aggressiveness),
        failure_reasons=_present(failures),
        num_skipped=sum(_SKIP in line for line in lines),
    )


def _values(pattern: re.Pattern[str], line: str, read: Callable[[str], T | None]) -> list[T | None]:
    """Returns what a line names; None stands for what cannot be read."""
    return [read(match["value"]) for match in pattern.finditer(line)]


def _failures(line: str) -> list[str | None]:
    if _FAILED not in line:
        return []
    match = _FAILURE.search(line)
    return [match["value"] if match else None]


def _present(by_line: Iterable[Sequence[T | None]]) -> tuple[T, ...]:
    return tuple(value for values in by_line for value in values if value is not None)


def _milliseconds(text: str) -> float | None:
    value = finite(text.removesuffix("ms")) if text.endswith("ms") else None
    return value if value is not None and value >= 0 else None


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _share01(text: str) -> float | None:
    value = finite(text)
    return value if value is not None and 0 <= value <= 1 else None
