"""`schema-check.json`: where a report's frame times are, or that they are nowhere."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from aivj.contracts.fields import finite_number
from aivj.contracts.log_stats import MIN_FRAME_SAMPLES
from aivj.contracts.verification import FRAME_TIME_NAME, SelectedFigure
from aivj.gate.verify_check.evidence import Evidence

P95_NAME = "p95_frame_ms"
JITTER_NAME = "jitter_p95_ms"


def select_figures(evidence: Evidence) -> dict[str, SelectedFigure | None]:
    """Returns 95th percentile and jitter of frame times: the report's, else the file's.

    Jitter is the 95th percentile less the median. A file of too few frames counts for nothing.
    """
    reported = {name: _find(evidence.values, name) for name in (P95_NAME, JITTER_NAME)}
    measured = _measured(evidence.frame_time.value or {})
    p95_ms, p50_ms = _milliseconds(measured.get("p95Ms")), _milliseconds(measured.get("p50Ms"))
    derived = {
        P95_NAME: _figure("p95Ms", p95_ms),
        JITTER_NAME: _figure(
            "p95Ms-p50Ms", None if p95_ms is None or p50_ms is None else p95_ms - p50_ms
        ),
    }
    return {name: found or derived[name] for name, found in reported.items()}


def _measured(frame_time: Mapping[str, Any]) -> Mapping[str, Any]:
    num_frames = finite_number(frame_time.get("n"))
    return {} if num_frames is None or num_frames < MIN_FRAME_SAMPLES else frame_time


def _figure(keys: str, value: float | None) -> SelectedFigure | None:
    return None if value is None else SelectedFigure(path=f"{FRAME_TIME_NAME}:{keys}", value=value)


def _find(report: Mapping[str, Any], name: str) -> SelectedFigure | None:
    figures = (
        SelectedFigure(path=f"{path}{name}", value=value)
        for path, found in _objects(report)
        if (value := _milliseconds(found.get(name))) is not None
    )
    return next(figures, None)


def _objects(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields an object, then those in it, outer ones first, each with the keys that lead to it."""
    waiting: deque[tuple[str, Mapping[str, Any]]] = deque([("", report)])
    while waiting:
        path, found = waiting.popleft()
        yield path, found
        waiting.extend(
            (f"{path}{key}.", inner) for key, inner in found.items() if isinstance(inner, Mapping)
        )


def _milliseconds(value: object) -> float | None:
    number = finite_number(value)
    return number if number is not None and number >= 0 else None
