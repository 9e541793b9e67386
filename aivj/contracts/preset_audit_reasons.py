"""Why a preset is not fit to be shown: the audit's vocabulary, and which pool a preset is in.

Three groups of reasons. What a preset did to the machine (`CRASH_REASONS`, and any text that says
`aborted`), what the probe could not do (`PROBE_REASONS`), and how the picture looks
(`AESTHETIC_REASONS`). Whatever else stands there is a message of some program.
"""

import re
from typing import Literal

AuditReason = Literal[
    "wasm-abort",
    "render-failed",
    "probe-timeout",
    "probe-error",
    "probe-unavailable",
    "too-dark",
    "too-bright",
    "low-motion",
    "no-luma",
    "no-motion-sample",
    "slow-render-avg",
    "slow-render-p95",
]

CRASH_REASONS = frozenset({"wasm-abort", "render-failed", "probe-timeout"})
"""The preset broke what drew it, or hung it."""

PROBE_REASONS = frozenset({"probe-error", "probe-unavailable"})
"""Nothing was found out of the preset."""

HARD_REASONS = CRASH_REASONS | PROBE_REASONS

AESTHETIC_REASONS = (
    "too-dark",
    "too-bright",
    "no-luma",
    "low-motion",
    "no-motion-sample",
    "slow-render-avg",
    "slow-render-p95",
)
"""The picture is not fit to be seen, in the order in which an entry lists them."""

Pool = Literal["crash-safe", "ok-only"]
"""`crash-safe`: what broke nothing, however it looks. `ok-only`: what has no fault at all."""

NO_EXCEPTIONS = "Emscripten:exception-catching-disabled"
ABORTED = "Aborted(...)"
RUNTIME_ERROR = "RuntimeError"
LONG_ERROR = "long-error"
UNKNOWN = "unknown"

_CATCHING = re.compile("exception[ _-]catching", re.IGNORECASE)

MAX_REASON_LENGTH = 160
"""Characters of a message that a summary shows as it is."""


def summary_reason(reason: str) -> str:
    """Returns what a reason is counted as in a summary: messages that differ in details are one."""
    text = reason.strip()
    lower = text.lower()
    if not text:
        return UNKNOWN
    if _CATCHING.search(text):
        return NO_EXCEPTIONS
    if "aborted(" in lower:
        return ABORTED
    if "runtimeerror" in lower:
        return RUNTIME_ERROR
    return LONG_ERROR if len(text) > MAX_REASON_LENGTH else text


def is_crash(reason: str) -> bool:
    """Tells whether a reason keeps a preset out of the crash-safe pool."""
    return (
        reason in CRASH_REASONS
        or "aborted" in reason.lower()
        or summary_reason(reason) == NO_EXCEPTIONS
    )


def is_hard(reason: str) -> bool:
    """Tells whether a blacklist of crashes names a preset for a reason.

    It also counts presets of which nothing was found out (`PROBE_REASONS`).
    """
    return reason in PROBE_REASONS or is_crash(reason)
