"""`frame-time.json`: how long the picture's frames took."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.gate.stats.preload_log import PreloadLog
from aivj.gate.stats.stat import MIN_FRAME_SAMPLES, Stat
from aivj.statistics import floor_percentile

HISTOGRAM_EDGES_MS = (0, 16, 33, 50, 66, 83, 100, 117, 133, 150, 200, 300, 500, 1000)
"""Where the histogram's columns begin; the last has no end."""


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
