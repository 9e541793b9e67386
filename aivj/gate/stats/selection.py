"""How many of the selected presets move."""

from typing import ClassVar

from aivj.contracts.fields import Count, Number
from aivj.gate.stats.log_text import LogRead
from aivj.gate.stats.selection_log import SelectedPreset
from aivj.gate.stats.stat import Stat

MOVING_ABOVE = 0.05
"""Motion above which a preset counts as moving."""

MIN_MOVING_SHARE = 0.8
"""Smallest share of moving presets among the matched picks."""


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
