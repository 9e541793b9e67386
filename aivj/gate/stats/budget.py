"""`budget-dynamics.json`: whether the performance budget answers to load."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from aivj.contracts.fields import Count, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.gate.stats.preload_log import PreloadLog
from aivj.gate.stats.stat import Stat

MIN_DISTINCT = 2
"""Fewest different values of aggressiveness of a budget that moves."""

LEVELS: Mapping[float, str] = MappingProxyType(
    {1.0: "ultra", 0.8: "high", 0.6: "medium", 0.4: "low", 0.2: "minimal"}
)
"""Levels of the performance budget by the aggressiveness of preloading that each allows."""


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


def budget_stat(log: PreloadLog, *, sources: Sequence[str], started_at: str) -> BudgetStat:
    """Judges whether the budget moved; one value alone cannot tell.

    Args:
        log: What the logs held.
        sources: Their paths.
        started_at: ISO-8601 time of judging.
    """
    samples = log.aggressiveness
    distinct = sorted(set(samples))
    moved = len(distinct) >= MIN_DISTINCT
    reason = f"{len(samples)} values of aggr=, {len(distinct)} different"
    unmoved = "fail" if len(samples) >= MIN_DISTINCT else "not-applicable"
    return BudgetStat(
        verdict="pass" if moved else unmoved,
        reason=reason,
        num_lines=log.num_lines,
        num_bad_lines=log.num_bad_lines,
        started_at=started_at,
        ok=moved,
        inputs=BudgetInputs(logs=list(sources)),
        checks=BudgetChecks(
            budget_dynamics=moved,
            prefetch_aggressiveness_changed=moved,
            prefetch_aggressiveness_samples=len(samples),
            prefetch_batch_samples=len(log.batch_sizes),
            level_changed=len({LEVELS[value] for value in distinct if value in LEVELS}) > 1,
        ),
        error=None if moved else reason,
    )
