"""The log of a night of styles: where it is, its end, and the phase that it tells."""

import re
from pathlib import Path

from aivj.contracts.dashboard_status import NightPhase
from aivj.monitor.growing_file import last_lines
from aivj.monitor.logs import MAX_BYTES

_MAX_LINES = 20_000
# What the runtime's overnight script writes of each phase, or our night.
_MARKS: tuple[tuple[NightPhase, re.Pattern[str]], ...] = (
    ("render", re.compile(r"\[overnight\] render frames|^\d+/\d+ (?:frames|check)\b")),
    ("embed", re.compile(r"\[overnight\] embed CLIP|^\d+/\d+ embed\b")),
    ("cluster", re.compile(r"\[overnight\] cluster embeddings|^\d+/\d+ cluster\b")),
    ("policy", re.compile(r"\[overnight\] write style policy|^\d+/\d+ policy\b")),
    ("qa", re.compile(r"\[overnight\] qa\b")),
    ("done", re.compile(r"\[overnight\] done\.|^summary\s+done\b")),
)


def log_of(folder: Path | None, base: Path) -> Path | None:
    """Returns the log of the last night: beside a pack's pictures, else that of the home's nights.

    Args:
        folder: The pack's pictures, if there are any.
        base: A home, or a runtime's project.
    """
    logs = [] if folder is None else [*folder.glob("overnight-*.log")]
    logs = logs or [*(base / "artifacts" / "overnight-logs").glob("run-*.log")]
    dated = [(found, path) for path in logs if (found := changed_s(path)) is not None]
    return max(dated, default=(0.0, None))[1]


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
