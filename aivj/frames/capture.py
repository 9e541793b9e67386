"""What came of one preset: its pictures and what they show, or why there are none."""

from dataclasses import dataclass

from aivj.contracts.frames_index import FrameMetrics
from aivj.errors import ItemError
from aivj.frames.plan import PictureFormat

NOT_DRAWN = "render-failed"
"""What a preset that loads and cannot be drawn is called."""

_NOT_LOADED = "preset-load-failed"
_MACHINERY = "probe-error"

_REASONS = {
    "missing-preset": "read-failed",
    "unconvertible": _NOT_LOADED,
    "bad-equation": _NOT_LOADED,
    "shader-link": NOT_DRAWN,
    "script-error": NOT_DRAWN,
    "wasm-trap": "wasm-abort",
}


@dataclass(frozen=True)
class Capture:
    """What came of a preset.

    Attributes:
        pictures: By time.
        picture_format: What they are.
        metrics: What they show; None if nothing was drawn.
        reasons: Why the preset counts as failed; empty if it does not.
        error_text: What was said of it.
    """

    pictures: tuple[bytes, ...] = ()
    picture_format: PictureFormat = "webp"
    metrics: FrameMetrics | None = None
    reasons: tuple[str, ...] = ()
    error_text: str | None = None


def failed(error: ItemError, timeout_ms: int) -> Capture:
    """Returns what is written of a preset that could not be drawn.

    Args:
        error: Why.
        timeout_ms: Longest time for it.
    """
    waited = {"hung-page": f"watchdog-idle>{timeout_ms}", "overdue": f"watchdog-max>{timeout_ms}"}
    reason = waited.get(error.kind) or _REASONS.get(error.kind, _MACHINERY)
    return Capture(reasons=(reason,), error_text=f"{error.kind}: {error.found}")


def unreadable(data: bytes) -> Capture | None:
    """Returns what is written of a file that is no preset whatever draws it; None if it may be."""
    if not data.strip():
        return Capture(reasons=("empty",))
    return Capture(reasons=("binary-nul",)) if b"\0" in data else None
