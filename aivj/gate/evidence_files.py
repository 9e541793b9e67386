"""The files beside the report: logs, pictures, and what is measured from them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.verification import (
    BUDGET_NAME,
    CONSOLE_NAME,
    FRAME_TIME_NAME,
    PAGE_ERRORS_NAME,
    SCHEMA_CHECK_NAME,
    SELECTION_NAME,
    TRACE_NAME,
)
from aivj.gate.playing import Played
from aivj.gate.stats import budget_stat, measured_frame_times, read_preload_log, read_selection_log
from aivj.storage import storage_errors, write_atomic

_PICTURES = ("weighted", "shuffle", "page")
_HOOK = "getPerformanceBudgetStats()"


def clear_evidence(out_dir: Path) -> None:
    """Removes what a verification before has left and this one may not write.

    Raises:
        StorageError: It cannot be removed.
    """
    derived = (FRAME_TIME_NAME, BUDGET_NAME, SELECTION_NAME, SCHEMA_CHECK_NAME, TRACE_NAME)
    for name in (*derived, *(f"{picture}.png" for picture in _PICTURES)):
        with storage_errors(out_dir / name):
            (out_dir / name).unlink(missing_ok=True)


def write_evidence(
    out_dir: Path, played: Played, *, started_at: datetime, names_manifest: bool
) -> dict[str, str]:
    """Writes logs, pictures and measurements into `out_dir` and returns their names by kind.

    Args:
        out_dir: The folder.
        played: Everything that was seen.
        started_at: When it began.
        names_manifest: Whether the page had a run manifest: then what it selected is a log.

    Raises:
        StorageError: The disk did not take them.
    """
    names = {"console": CONSOLE_NAME, "pageErrors": PAGE_ERRORS_NAME}
    _write_lines(out_dir / CONSOLE_NAME, played.console_lines)
    _write_lines(out_dir / PAGE_ERRORS_NAME, played.error_lines)
    for arm in played.arms:
        if arm.answers.png is not None:
            names[f"{arm.name}Screenshot"] = f"{arm.name}.png"
            write_atomic(out_dir / f"{arm.name}.png", arm.answers.png)
    if played.has_trace:
        names["trace"] = TRACE_NAME
    selected = _selected(played.console_lines)
    if names_manifest and selected:
        names["selection"] = SELECTION_NAME
        _write_lines(out_dir / SELECTION_NAME, selected)
    return {**names, **_write_measurements(out_dir, played, started_at)}


def _write_measurements(out_dir: Path, played: Played, started_at: datetime) -> dict[str, str]:
    """Writes what the features measured; of a page without them there is nothing to write."""
    names: dict[str, str] = {}
    features = played.features
    if features is None or not features.answers.ready:
        return names
    answers = features.answers
    source = f"requestAnimationFrame of {features.url}"
    frame_time = measured_frame_times(answers.frame_times_ms, source=source)
    names["frameTime"] = FRAME_TIME_NAME
    write_atomic(out_dir / FRAME_TIME_NAME, document_bytes(frame_time))
    if answers.budget is not None:
        told = [f"aggr={value:g}" for value in answers.budget.aggressiveness]
        budget = budget_stat(
            read_preload_log([*played.feature_lines, *told]),
            sources=[CONSOLE_NAME, _HOOK],
            started_at=iso_utc(started_at),
        )
        names["budgetDynamics"] = BUDGET_NAME
        write_atomic(out_dir / BUDGET_NAME, document_bytes(budget))
    return names


def _selected(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if read_selection_log([line]).entries]


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    # A message of several lines stays one, or it could not be told from several messages.
    told = ["\\n".join(line.splitlines()) for line in lines]
    write_atomic(path, "".join(f"{line}\n" for line in told).encode(errors="backslashreplace"))
