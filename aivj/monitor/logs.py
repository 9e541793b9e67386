"""The logs of a run by the names that `/api/log` takes, and how a log is told."""

from collections.abc import Callable
from pathlib import Path

from aivj.contracts.run_folder import EVAL_NAME, LOG_NAME, META_NAME
from aivj.monitor.places import RunPlace

KINDS = ("run", "monitor", "watch", "evalvite", "evaljsonl", "meta")
"""All there may be."""

MAX_LINES = 2000
USUAL_LINES = 200
MAX_BYTES = 2 << 20
_ESCAPED = {code: f"\\x{code:02x}" for code in [*range(32), 127] if chr(code) not in "\t\n"}


def log_path(place: RunPlace, kind: str) -> Path | None:
    """Returns where a log would be; None where such a run has none."""
    own = {"evalvite": LOG_NAME, "evaljsonl": EVAL_NAME, "meta": META_NAME}
    if kind in own:
        return place.folder / own[kind]
    if place.artifacts is None:
        return None
    name = {
        "run": f"run-coupled-quality-overnight.{place.stamp}.log",
        "monitor": f"overnight-{place.stamp}.monitor.log",
        "watch": f"watch-coupled-eval-progress.v4.{place.stamp}.log",
    }[kind]
    return place.artifacts / "overnight-logs" / name


def logs_there(place: RunPlace) -> list[str]:
    """Returns the kinds of log that there are."""
    paths = ((kind, log_path(place, kind)) for kind in KINDS)
    return [kind for kind, path in paths if path is not None and path.is_file()]


def num_lines(asked: str | None) -> int:
    """Returns how many lines are wanted, within bounds; what is no number is the usual."""
    try:
        num = int(asked or USUAL_LINES)
    except ValueError:
        return USUAL_LINES
    return min(max(num, 1), MAX_LINES)


def as_text(log: str, clean: Callable[[str], str]) -> str:
    """Returns what a log says without control characters, and without what `clean` takes out."""
    return clean(log).translate(_ESCAPED)
