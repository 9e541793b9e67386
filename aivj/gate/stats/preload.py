"""What making presets ready ahead does to the picture's frames."""

from collections import Counter
from collections.abc import Mapping
from statistics import fmean
from typing import ClassVar

from aivj.contracts.fields import Count, Number, OuterText
from aivj.gate.stats.preload_log import PreloadLog
from aivj.gate.stats.stat import MIN_FRAME_SAMPLES, Stat

LAG_ABOVE_MS = 33.0
"""Time from frame to frame above which a frame lags."""

MAX_LAG_RATE = 0.05
"""Largest share of frames that may lag."""


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
