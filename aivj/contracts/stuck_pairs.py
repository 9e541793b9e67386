"""`stuck-pairs.json`: pairs that a runtime's page did not show in time."""

from aivj.contracts.fields import Count, OuterText, PairId
from aivj.contracts.json_text import ContractModel


class StuckPair(ContractModel):
    """One pair.

    Attributes:
        pack: Its pack.
        pair: Its id.
        fg_url: Of its foreground, as the manifest has it.
        bg_url: Of its background.
        num_timeouts: How often it timed out on a page that showed others.
        has_failed: Whether it was given up; else it was measured, or waits, after being set aside.
        why: What was seen last.
    """

    pack: str
    pair: PairId
    fg_url: str
    bg_url: str
    num_timeouts: Count
    has_failed: bool
    why: OuterText


class StuckPairsReport(ContractModel):
    """All of a run."""

    version: str = "v0"
    generated_at: str
    pairs: list[StuckPair]
