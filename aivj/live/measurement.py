"""From a page's samples of a pair to luma and motion, by section 5.2 of the wire contracts.

Pure functions. The classic sampler reads every 250 ms what the page samples every 500 ms: it counts
each sample about twice, and every second of its changes is exactly zero. Here each sample counts
once, and the changes are shared among the readings there would have been: the figures mean the
same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from aivj.live.page_answers import LayerReading, Sample
from aivj.takes.figures import COLOR_WEIGHT, LUMA_WEIGHT


@dataclass(frozen=True)
class LiveMeasurement:
    """What is known of a pair; None where the page told nothing.

    Attributes:
        luma: Mean luma of both layers, 0 to 1.
        motion: Mean change from reading to reading, 0 or more.
        luma_fg: Luma of the layer in front in the last sample.
        luma_bg: The same for the layer behind.
    """

    luma: float | None
    motion: float | None
    luma_fg: float | None
    luma_bg: float | None


def measure_samples(samples: Sequence[Sample], interval_ms: float) -> LiveMeasurement:
    """Measures a pair.

    Args:
        samples: The last one of the warm-up, and those that count.
        interval_ms: From one of the classic's readings to the next.
    """
    lumas = [luma for sample in samples[1:] if (luma := _luma(sample)) is not None]
    changes = [
        (change, _num_readings(before, after, interval_ms))
        for before, after in pairwise(samples)
        if (change := _change(before, after)) is not None
    ]
    num_readings = sum(readings for _, readings in changes)
    last = samples[-1] if samples else None
    return LiveMeasurement(
        luma=fmean(lumas) if lumas else None,
        motion=sum(change for change, _ in changes) / num_readings if changes else None,
        luma_fg=last.fg.avg_luma if last else None,
        luma_bg=last.bg.avg_luma if last else None,
    )


def _luma(sample: Sample) -> float | None:
    known = [layer.avg_luma for layer in (sample.fg, sample.bg) if layer.avg_luma is not None]
    return fmean(known) if known else None


def _change(before: Sample, after: Sample) -> float | None:
    first, second = _luma(before), _luma(after)
    by_luma = None if first is None or second is None else abs(second - first)
    colors = [
        change
        for old, new in ((before.fg, after.fg), (before.bg, after.bg))
        if (change := _color_change(old, new)) is not None
    ]
    by_color = fmean(colors) if colors else None
    if by_luma is None or by_color is None:
        return by_color if by_luma is None else by_luma
    return LUMA_WEIGHT * by_luma + COLOR_WEIGHT * by_color


def _color_change(old: LayerReading, new: LayerReading) -> float | None:
    changes = [
        abs(after - before)
        for before, after in zip(_color(old), _color(new), strict=True)
        if before is not None and after is not None
    ]
    return fmean(changes) if changes else None


def _color(layer: LayerReading) -> tuple[float | None, ...]:
    return layer.avg_color_r, layer.avg_color_g, layer.avg_color_b


def _num_readings(before: Sample, after: Sample, interval_ms: float) -> int:
    """Returns how often the classic would have read between both samples; it sees one change."""
    if before.at_ms is None or after.at_ms is None:
        return 1
    return max(1, round((after.at_ms - before.at_ms) / interval_ms))
