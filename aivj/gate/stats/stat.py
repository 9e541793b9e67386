"""What every statistic of a log has: figures, a verdict, and why."""

from typing import ClassVar

from aivj.contracts.fields import Count, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.gate.run_check.finding import Verdict

MIN_FRAME_SAMPLES = 20
"""Fewest frame times that are judged: of fewer, one alone is more than 5 %."""


class Stat(ContractModel):
    """A statistic of a log.

    Attributes:
        expected: What the log has to show.
        remedy: What to do if it does not.
        verdict: How it ended; a log with too little in it is not applicable, and never passes.
        reason: The figure that decided, or what is missing.
        num_lines: Lines that were read.
        num_bad_lines: Those that begin like an entry and are none.
    """

    expected: ClassVar[str]
    remedy: ClassVar[str]

    verdict: Verdict
    reason: OuterText
    num_lines: Count
    num_bad_lines: Count
