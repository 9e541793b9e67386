"""What `preload.log` tells: frames that lag, frame times, whether the performance budget moves."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import ClassVar

from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.log_stats import (
    LAG_ABOVE_MS,
    MIN_DISTINCT,
    MIN_FRAME_SAMPLES,
    BudgetChecks,
    BudgetInputs,
    BudgetStat,
    FrameTimeColumn,
    FrameTimeStat,
    Stat,
)
from aivj.gate.stats.preload_log import PreloadLog
from aivj.statistics import floor_percentile

MAX_LAG_RATE = 0.05
"""Largest share of frames that may lag."""

HISTOGRAM_EDGES_MS = (0, 16, 33, 50, 66, 83, 100, 117, 133, 150, 200, 300, 500, 1000)
"""Where the histogram's columns begin; the last has no end."""

LEVELS: Mapping[float, str] = MappingProxyType(
    {1.0: "ultra", 0.8: "high", 0.6: "medium", 0.4: "low", 0.2: "minimal"}
)
"""Levels of the performance budget by the aggressiveness of preloading that each allows."""


class PreloadStat(Stat):
    """What preloading cost.

    Attributes:
        frames: Frame times in the log.
        lagging: Frames that lag.
        lag_rate: `lagging / frames`; None without a frame.
        batches: Batches that were done.
        mean_batch_ms: Their mean time; None without one.
        mean_batch_size: Mean size of the batches that were begun; None without one.
        skipped: Presets that were left out.
        failed: Presets that could not be made ready.
        failure_reasons: How many of them, by reason.
    """

    expected: ClassVar[str] = (
        f"at most {MAX_LAG_RATE:.0%} of {MIN_FRAME_SAMPLES} frames or more above "
        f"{LAG_ABOVE_MS:g} ms"
    )
    remedy: ClassVar[str] = "preload less at a time, or draw on a GPU; --no-gate only tells figures"

    frames: Count
    lagging: Count
    lag_rate: Number | None
    batches: Count
    mean_batch_ms: Number | None
    mean_batch_size: Number | None
    skipped: Count
    failed: Count
    failure_reasons: Mapping[OuterText, int]


def preload_stat(log: PreloadLog) -> PreloadStat:
    """Judges the share of frames that lag."""
    frames = len(log.frame_times_ms)
    lagging = sum(time_ms > LAG_ABOVE_MS for time_ms in log.frame_times_ms)
    if frames < MIN_FRAME_SAMPLES:
        verdict, reason = "not-applicable", f"{frames} frame times, {MIN_FRAME_SAMPLES} are needed"
    else:
        verdict = "pass" if lagging / frames <= MAX_LAG_RATE else "fail"
        reason = f"{lagging} of {frames} frames above {LAG_ABOVE_MS:g} ms"
    return PreloadStat(
        verdict=verdict,
        reason=reason,
        num_lines=log.num_lines,
        num_bad_lines=log.num_bad_lines,
        frames=frames,
        lagging=lagging,
        lag_rate=lagging / frames if frames else None,
        batches=len(log.batch_times_ms),
        mean_batch_ms=fmean(log.batch_times_ms) if log.batch_times_ms else None,
        mean_batch_size=fmean(log.batch_sizes) if log.batch_sizes else None,
        skipped=log.num_skipped,
        failed=len(log.failure_reasons),
        failure_reasons=Counter(log.failure_reasons),
    )


def frame_time_stat(log: PreloadLog, *, source: str) -> FrameTimeStat:
    """Measures the frame times of the log at `source`."""
    return measured_frame_times(
        log.frame_times_ms, source=source, num_lines=log.num_lines, num_bad_lines=log.num_bad_lines
    )


def measured_frame_times(
    times_ms: Sequence[float], *, source: str, num_lines: int | None = None, num_bad_lines: int = 0
) -> FrameTimeStat:
    """Measures frame times.

    Args:
        times_ms: The times.
        source: Where they are from.
        num_lines: Lines that were read for them; None: one for each.
        num_bad_lines: Those of them that cannot be read.
    """
    enough = len(times_ms) >= MIN_FRAME_SAMPLES
    return FrameTimeStat(
        verdict="pass" if enough else "not-applicable",
        reason=f"{len(times_ms)} frame times" + ("" if enough else f", {MIN_FRAME_SAMPLES} needed"),
        num_lines=len(times_ms) if num_lines is None else num_lines,
        num_bad_lines=num_bad_lines,
        log=source,
        n=len(times_ms),
        min_ms=_percentile(times_ms, 0),
        max_ms=_percentile(times_ms, 1),
        p50_ms=_percentile(times_ms, 0.50),
        p90_ms=_percentile(times_ms, 0.90),
        p95_ms=_percentile(times_ms, 0.95),
        p99_ms=_percentile(times_ms, 0.99),
        histogram=_histogram(times_ms),
    )


def _percentile(times_ms: Sequence[float], share: float) -> float | None:
    return floor_percentile(times_ms, share) if times_ms else None


def _histogram(times_ms: Sequence[float]) -> list[FrameTimeColumn]:
    columns = [bisect_right(HISTOGRAM_EDGES_MS, time_ms) - 1 for time_ms in times_ms]
    ends = (*HISTOGRAM_EDGES_MS[1:], None)
    return [
        FrameTimeColumn(from_ms=start, to_ms=end, count=columns.count(index))
        for index, (start, end) in enumerate(zip(HISTOGRAM_EDGES_MS, ends, strict=True))
    ]


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
