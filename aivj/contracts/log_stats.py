"""What is measured from a runtime's logs; of it `frame-time.json` and `budget-dynamics.json`."""

from typing import ClassVar

from aivj.contracts.checks import Verdict
from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel

MIN_FRAME_SAMPLES = 20
"""Fewest frame times that are judged: of fewer, one alone is more than 5 %."""

LAG_ABOVE_MS = 33.0
"""Time from frame to frame above which a frame lags."""

MIN_DISTINCT = 2
"""Fewest different values of aggressiveness of a budget that moves."""


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


class FrameTimeColumn(ContractModel):
    """A column of the histogram.

    Attributes:
        from_ms: Where it begins; that time is in it.
        to_ms: Where it ends; that time is in the next. None: nowhere.
        count: Frames in it.
    """

    from_ms: Count
    to_ms: Count | None
    count: Count


class FrameTimeStat(Stat):
    """`frame-time.json`. It has no threshold: it passes if there is enough to measure.

    Attributes:
        log: The log's path.
        n: Frame times in it; without any, the others are None.
        min_ms: The shortest.
        max_ms: The longest.
        p50_ms: Median, the lower one of two.
        p90_ms: 90th percentile.
        p95_ms: 95th percentile.
        p99_ms: 99th percentile.
        histogram: Frames by time.
    """

    expected: ClassVar[str] = f"{MIN_FRAME_SAMPLES} frame times or more"
    remedy: ClassVar[str] = "log frame times for longer"

    log: OuterText
    n: Count
    min_ms: Number | None
    max_ms: Number | None
    p50_ms: Number | None
    p90_ms: Number | None
    p95_ms: Number | None
    p99_ms: Number | None
    histogram: list[FrameTimeColumn]


class BudgetInputs(ContractModel):
    """What was looked at.

    Attributes:
        logs: Paths of the logs.
    """

    logs: list[OuterText]


class BudgetChecks(ContractModel):
    """What was found.

    Attributes:
        budget_dynamics: Whether the budget moved.
        prefetch_aggressiveness_changed: Whether there were two values of aggressiveness.
        prefetch_aggressiveness_samples: Values of aggressiveness, repetitions too.
        prefetch_batch_samples: Sizes of batches.
        level_changed: Whether those values were of two levels.
    """

    budget_dynamics: bool
    prefetch_aggressiveness_changed: bool
    prefetch_aggressiveness_samples: Count
    prefetch_batch_samples: Count
    level_changed: bool


class BudgetStat(Stat):
    """`budget-dynamics.json`.

    Attributes:
        started_at: ISO-8601 time.
        ok: Whether it passed.
        inputs: What was looked at.
        checks: What was found.
        error: Why it did not pass; None if it did.
    """

    expected: ClassVar[str] = f"{MIN_DISTINCT} different values of aggr= or more"
    remedy: ClassVar[str] = "put the runtime under load and take it off again while it logs"

    started_at: str
    ok: bool
    inputs: BudgetInputs
    checks: BudgetChecks
    error: OuterText | None
