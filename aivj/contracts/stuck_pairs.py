"""`stuck-pairs.json`: pairs that a runtime's page did not show, or not in time."""

from pathlib import Path
from typing import Literal

from aivj.contracts.fields import Count, OuterText, PairId
from aivj.contracts.json_text import ContractModel, read_object, validated


class StuckPair(ContractModel):
    """One pair.

    Attributes:
        pack: Its pack.
        pair: Its id.
        fg_url: Of its foreground, as the manifest has it.
        bg_url: Of its background.
        kind: `pick-timeout`, or `not-shown`: the page said that it cannot show it.
        num_timeouts: How often it timed out on a page that showed others.
        has_failed: Whether it was given up; else it was measured, or waits, after being set aside.
        why: What was seen last.
    """

    pack: str
    pair: PairId
    fg_url: str
    bg_url: str
    kind: Literal["pick-timeout", "not-shown"] = "pick-timeout"
    num_timeouts: Count
    has_failed: bool
    why: OuterText


class StuckPairsReport(ContractModel):
    """All of a run."""

    version: str = "v0"
    generated_at: str
    pairs: list[StuckPair]


def read_stuck_pairs(path: Path) -> StuckPairsReport:
    """Reads the report of a run.

    Raises:
        InputError: There is none, or it is no such report.
    """
    return validated(StuckPairsReport, read_object(path), str(path))
