"""`aivj-selection.log`: the single presets that the runtime selected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aivj.gate.stats.log_text import LogRead, finite, read_entries

_MARKER = "selected preset"
# An id may be a path with spaces and brackets; only `(m=` ends it.
_SELECTED = re.compile(
    r"selected preset (?P<id>\S.*?)\s*"
    r"(?:\(m=(?P<motion>[^,()]*)(?:,\s*tier=(?P<tier>[^()]*))?\).*)?$"
)


@dataclass(frozen=True)
class SelectedPreset:
    """One selection.

    Attributes:
        preset_id: The preset's id.
        motion: Its motion in the run manifest; None for a preset that the manifest does not have.
        tier: Its tier there.
    """

    preset_id: str
    motion: float | None = None
    tier: str | None = None

    @property
    def matched(self) -> bool:
        """Whether the run manifest has the preset."""
        return self.motion is not None


def read_selection_log(lines: Sequence[str]) -> LogRead[SelectedPreset]:
    """Reads lines that contain `selected preset ID`, optionally `(m=MOTION, tier=TIER)`."""
    return read_entries(lines, _MARKER, _parse)


def _parse(line: str) -> SelectedPreset | None:
    match = _SELECTED.search(line)
    if match is None:
        return None
    if match["motion"] is None:
        return SelectedPreset(match["id"])
    motion = finite(match["motion"].strip())
    return None if motion is None else SelectedPreset(match["id"], motion, match["tier"])
