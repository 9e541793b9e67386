"""`aivj-selection.log`: what a runtime selected, if it moves, and if it may be selected."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from aivj.contracts.fields import Count, Number
from aivj.contracts.log_stats import Stat
from aivj.gate.stats.log_text import LogRead, finite, read_entries

MOVING_ABOVE = 0.05
"""Motion above which a preset counts as moving."""

MIN_MOVING_SHARE = 0.8
"""Smallest share of moving presets among the matched picks."""

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


class SelectionStat(Stat):
    """The selection ratio.

    Attributes:
        picks: Presets that were selected, repetitions too.
        matched: Picks that the run manifest has a motion for.
        moving: Matched picks that move.
        moving_share: `moving / matched`; None without a matched pick.
    """

    expected: ClassVar[str] = (
        f"{MIN_MOVING_SHARE:.0%} of matched picks with a motion above {MOVING_ABOVE}"
    )
    remedy: ClassVar[str] = "give the runtime a run manifest of these presets, and let it pick"

    picks: Count
    matched: Count
    moving: Count
    moving_share: Number | None


def selection_stat(log: LogRead[SelectedPreset]) -> SelectionStat:
    """Judges the share of moving presets; without a matched pick there is nothing to judge."""
    motions = [pick.motion for pick in log.entries if pick.motion is not None]
    moving = sum(motion > MOVING_ABOVE for motion in motions)
    share = moving / len(motions) if motions else None
    if share is None:
        verdict, reason = "not-applicable", f"{len(log.entries)} picks, none of them with a motion"
    else:
        verdict = "pass" if share >= MIN_MOVING_SHARE else "fail"
        reason = f"{moving} of {len(motions)} matched picks move"
    return SelectionStat(
        verdict=verdict,
        reason=reason,
        num_lines=log.num_lines,
        num_bad_lines=log.num_bad_lines,
        picks=len(log.entries),
        matched=len(motions),
        moving=moving,
        moving_share=share,
    )


@dataclass(frozen=True)
class LinkLimits:
    """How much has to match. Ids count once; shares are 0 to 1.

    Attributes:
        min_selected: Fewest ids that were selected.
        min_matched: Fewest of them that the run manifest has.
        min_ratio: Smallest share of them that it has.
        min_selected_prefix: Fewest selected ids with the library's prefix.
        min_matched_prefix: Fewest of those that the manifest has.
        min_ratio_prefix: Smallest share of those that it has.
        max_non_prefix: Most selected ids without the prefix.
    """

    min_selected: int = 6
    min_matched: int = 3
    min_ratio: float = 0.1
    min_selected_prefix: int = 5
    min_matched_prefix: int = 2
    min_ratio_prefix: float = 0.6
    max_non_prefix: int = 6


class DataLinkStat(Stat):
    """The link between selection and run manifest. Ids count once.

    Attributes:
        prefix: What ids of the library begin with; empty if nothing is known of them.
        selected: Ids that were selected; with a prefix, those that have it.
        matched: Those of them that the run manifest has.
        ratio: `matched / selected`; None if nothing was selected.
        others: Selected ids without the prefix.
    """

    expected: ClassVar[str] = "enough different presets selected, and the run manifest to have them"
    remedy: ClassVar[str] = "let the runtime select longer, with a run manifest of its own library"

    prefix: str
    selected: Count
    matched: Count
    ratio: Number | None
    others: Count


def data_link_stat(
    log: LogRead[SelectedPreset], *, prefix: str = "", limits: LinkLimits | None = None
) -> DataLinkStat:
    """Judges how much of the selection the run manifest has.

    Args:
        log: The selection.
        prefix: What ids of the library begin with. With one, ids without it only count against.
        limits: How much has to match.
    """
    every = {pick.preset_id for pick in log.entries}
    selected = {preset_id for preset_id in every if preset_id.startswith(prefix)}
    matched = {pick.preset_id for pick in log.entries if pick.matched} & selected
    stat = DataLinkStat(
        verdict="not-applicable",
        reason="nothing was selected",
        num_lines=log.num_lines,
        num_bad_lines=log.num_bad_lines,
        prefix=prefix,
        selected=len(selected),
        matched=len(matched),
        ratio=len(matched) / len(selected) if selected else None,
        others=len(every - selected),
    )
    if not every:
        return stat
    shortcomings = "; ".join(_shortcomings(stat, limits or LinkLimits()))
    good = f"{stat.matched} of {stat.selected} presets are in the run manifest"
    return stat.model_copy(
        update={
            "verdict": "fail" if shortcomings else "pass",
            "reason": shortcomings or good,
        }
    )


def _shortcomings(stat: DataLinkStat, limits: LinkLimits) -> Iterator[str]:
    num_every = stat.selected + stat.others
    if num_every < limits.min_selected:
        yield f"{num_every} presets selected, at least {limits.min_selected} are needed"
    min_selected, min_matched, min_ratio = (
        (limits.min_selected_prefix, limits.min_matched_prefix, limits.min_ratio_prefix)
        if stat.prefix
        else (0, limits.min_matched, limits.min_ratio)
    )
    if stat.selected < min_selected:
        yield f"{stat.selected} of them begin with {stat.prefix}, at least {min_selected} should"
    if stat.matched < min_matched:
        yield f"{stat.matched} in the run manifest, at least {min_matched} are needed"
    if (stat.ratio or 0.0) < min_ratio:
        yield f"a share of {stat.ratio or 0.0:.3f} in the run manifest, below {min_ratio}"
    if stat.prefix and stat.others > limits.max_non_prefix:
        yield f"{stat.others} without that prefix, at most {limits.max_non_prefix} may be"
