"""Histograms of a figure over the pairs, flagged pairs on top of the others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aivj.report.axis import Axis, rounded_axis
from aivj.report.plot import BOTTOM, HEADROOM_WITH_LIMITS, LEFT, RIGHT, TOP, Limit, Plot
from aivj.report.svg import element
from aivj.report.text import counted, significant

_GAP = 1.0
_SPAN_ROWS_Y = (9.0, 24.0)
_CAP = 4.0
_LABEL_GAP = 6.0
_LABEL_ROOM = 150.0


@dataclass(frozen=True)
class Bin:
    """One interval: values from `low` up to `high`, and how many pairs lie in it."""

    low: float
    high: float
    num_passing: int
    num_flagged: int

    @property
    def num_pairs(self) -> int:
        """All of them."""
        return self.num_passing + self.num_flagged


@dataclass(frozen=True)
class Span:
    """A width to be shown round a centre, above the plot."""

    centre: float
    half_width: float
    label: str
    kind: str


def binned(values: Sequence[tuple[float, bool]], axis: Axis, num_bins: int) -> tuple[Bin, ...]:
    """Counts values into intervals of equal length on the axis.

    Args:
        values: Each with whether its pair is flagged. Those off the axis count at its nearer end.
        axis: Where they are drawn.
        num_bins: How many intervals there are.
    """
    counts = [[0, 0] for _ in range(num_bins)]
    for value, flagged in values:
        share = (axis.at(value) - axis.start) / (axis.end - axis.start)
        # An edge belongs to the interval above it, also where division falls an ulp short of it.
        index = min(math.floor(share * num_bins + 1e-9), num_bins - 1)
        counts[index][flagged] += 1
    edges = [_value_at(axis, number / num_bins) for number in range(num_bins + 1)]
    return tuple(
        Bin(edges[number], edges[number + 1], *count) for number, count in enumerate(counts)
    )


def _value_at(axis: Axis, share: float) -> float:
    if axis.is_log:
        return float(axis.low * (axis.high / axis.low) ** share)
    return axis.low + (axis.high - axis.low) * share


def histogram(
    bins: Sequence[Bin],
    axis: Axis,
    *,
    x_label: str,
    name: str,
    limits: Sequence[Limit] = (),
    spans: Sequence[Span] = (),
) -> Markup:
    """Returns the drawing.

    Args:
        bins: From `binned` on the same axis.
        axis: The figure's axis, from `LEFT` to `RIGHT`.
        x_label: The figure, with its unit.
        name: What the drawing says, for those who cannot see it.
        limits: Thresholds to be marked.
        spans: At most two widths to be shown above.
    """
    highest = max([4, *(each.num_pairs for each in bins)])
    counts = rounded_axis(0, highest, BOTTOM, TOP, num_ticks=4, whole=True)
    plot = Plot(axis, counts, x_label, "pairs")
    marks = [mark for limit in limits for mark in plot.limit(limit)]
    marks += [_bar(plot, each) for each in bins if each.num_pairs]
    marks += [
        mark for span, y in zip(spans, _SPAN_ROWS_Y, strict=False) for mark in _span(axis, span, y)
    ]
    return plot.draw(name, marks, headroom=TOP if spans else HEADROOM_WITH_LIMITS)


def _bar(plot: Plot, each: Bin) -> Markup:
    x, end = plot.x.at(each.low) + _GAP / 2, plot.x.at(each.high) - _GAP / 2
    base, top = plot.y.at(each.num_passing), plot.y.at(each.num_pairs)
    title = (
        f"{significant(each.low)} to {significant(each.high)}: "
        f"{counted(each.num_pairs, 'pair')}, {each.num_flagged} flagged"
    )
    parts = [
        element("rect", class_=kind, x=x, y=high, width=end - x, height=low - high)
        for kind, low, high in (("bar", plot.y.start, base), ("bar-flagged", base, top))
        if low > high
    ]
    return element("g", element("title", title), *parts)


def _span(axis: Axis, span: Span, y: float) -> list[Markup]:
    low, high = axis.at(span.centre - span.half_width), axis.at(span.centre + span.half_width)
    fits_right = high + _LABEL_ROOM < RIGHT
    return [
        element("line", class_=f"span {span.kind}", x1=low, x2=high, y1=y, y2=y),
        *(
            element("line", class_=f"span {span.kind}", x1=x, x2=x, y1=y - _CAP, y2=y + _CAP)
            for x in (low, axis.at(span.centre), high)
        ),
        element(
            "text",
            span.label,
            class_="limit-label",
            x=high + _LABEL_GAP if fits_right else max(low - _LABEL_GAP, LEFT),
            y=y,
            dy="0.35em",
            text_anchor="start" if fits_right else "end",
        ),
    ]
