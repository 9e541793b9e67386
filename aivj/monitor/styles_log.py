"""The log of a night of styles: where it is, its end, and the phase that it tells."""

import re
from collections.abc import Iterable
from pathlib import Path

from aivj.contracts.dashboard_status import NightPhase
from aivj.monitor.growing_file import last_lines
from aivj.monitor.logs import MAX_BYTES

_MAX_LINES = 20_000
_MOST_NIGHTS = 5
# What the runtime's overnight script writes of each phase, or our night.
_MARKS: tuple[tuple[NightPhase, re.Pattern[str]], ...] = (
    ("render", re.compile(r"\[overnight\] render frames|^\d+/\d+ (?:frames|check)\b")),
    ("embed", re.compile(r"\[overnight\] embed CLIP|^\d+/\d+ embed\b")),
    ("cluster", re.compile(r"\[overnight\] cluster embeddings|^\d+/\d+ cluster\b")),
    ("policy", re.compile(r"\[overnight\] write style policy|^\d+/\d+ policy\b")),
    ("qa", re.compile(r"\[overnight\] qa\b")),
    ("done", re.compile(r"\[overnight\] done\.|^policy\b.*\bdone\b")),
)


def log_of(folder: Path | None, base: Path) -> Path | None:
    """Returns the log of the last night of styles; None if there is none.

    The runtime's overnight script keeps it beside a pack's pictures, our nights in the home.

    Args:
        folder: The pack's pictures, if there are any.
        base: A home, or a runtime's project.
    """
    if folder is None:
        return None
    own = _newest(folder.glob("overnight-*.log"))
    nights = _newest((base / "artifacts" / "overnight-logs").glob("run-*.log"))[:_MOST_NIGHTS]
    of_styles = (log for log in nights if told_phase(log) is not None)
    return own[0] if own else next(of_styles, None)


def _newest(logs: Iterable[Path]) -> list[Path]:
    dated = [(found, path) for path in logs if (found := changed_s(path)) is not None]
    return [path for _, path in sorted(dated, reverse=True)]


def tail(log: Path, num: int) -> str:
    """Returns a log's last lines; nothing if it cannot be read."""
    try:
        return last_lines(log, num, MAX_BYTES)
    except OSError:
        return ""


def told_phase(log: Path) -> NightPhase | None:
    """Returns the phase that a log told last; None if it tells none."""
    for line in reversed(tail(log, _MAX_LINES).splitlines()):
        for phase, mark in _MARKS:
            if mark.search(line):
                return phase
    return None


def changed_s(path: Path) -> float | None:
    """Returns when a file was changed last, seconds since 1970; None if there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None
