"""Curves over epochs, told apart by colour and by dashes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from aivj.report.axis import linear_axis, rounded_axis
from aivj.report.plot import BOTTOM, HEADROOM, HEADROOM_WITH_LIMITS, LEFT, RIGHT, TOP, Plot
from aivj.report.svg import element
from aivj.report.text import fixed

_MAX_DOTS = 30
_DOT_RADIUS = 2.5


@dataclass(frozen=True)
class Series:
    """One curve: a value per epoch, None where there is none."""

    label: str
    points: tuple[tuple[float, float | None], ...]

    @property
    def values(self) -> list[float]:
        """What there is."""
        return [value for _, value in self.points if value is not None]

    def runs(self) -> list[list[tuple[float, float]]]:
        """Returns the stretches without a gap."""
        stretches = groupby(self.points, key=lambda point: point[1] is None)
        return [
            [(epoch, value) for epoch, value in stretch if value is not None]
            for is_gap, stretch in stretches
            if not is_gap
        ]


def series_from(
    label: str, epochs: Sequence[float], values: Sequence[float | None]
) -> Series | None:
    """Returns a curve, or None if there is nothing to draw. Infinite values count as gaps."""
    kept = [value if value is not None and math.isfinite(value) else None for value in values]
    series = Series(label, tuple(zip(epochs, kept, strict=True)))
    return series if series.values else None


def line_chart(
    curves: Sequence[Series],
    *,
    y_label: str,
    name: str,
    include: Sequence[float] = (),
    level: tuple[float, str] | None = None,
    moment: tuple[float, str] | None = None,
) -> Markup:
    """Returns the drawing.

    Args:
        curves: At least one.
        y_label: What they show, with its unit.
        name: What the drawing says, for those who cannot see it.
        include: Values that the y axis must reach.
        level: A value to be marked across, with its name.
        moment: An epoch to be marked, with its name.
    """
    epochs = [epoch for curve in curves for epoch, _ in curve.points]
    values = [value for curve in curves for value in curve.values] + list(include)
    plot = Plot(
        linear_axis(min(epochs), max(epochs), LEFT, RIGHT, num_ticks=8, whole=True),
        rounded_axis(min(values), max(values), BOTTOM, TOP),
        "epoch",
        y_label,
    )
    marks = plot.level(*level) if level else []
    marks += [mark for number, curve in enumerate(curves) for mark in _curve(plot, curve, number)]
    if moment is None:
        return plot.draw(name, marks, headroom=HEADROOM)
    return plot.draw(name, plot.moment(*moment) + marks, headroom=HEADROOM_WITH_LIMITS)


def line_swatch(number: int) -> Markup:
    """Returns the legend's piece of the curve with this number."""
    line = element("line", class_=f"curve curve-{number}", x1=1, x2=25, y1=5, y2=5)
    return element("svg", line, class_="swatch wide", viewBox="0 0 26 10", aria_hidden="true")


def _curve(plot: Plot, curve: Series, number: int) -> list[Markup]:
    runs = curve.runs()
    lines = [
        element(
            "polyline",
            class_=f"curve curve-{number}",
            points=" ".join(f"{plot.x.at(x):.2f},{plot.y.at(y):.2f}" for x, y in run),
        )
        for run in runs
        if len(run) > 1
    ]
    has_dots = len(curve.points) <= _MAX_DOTS
    dotted = [point for run in runs if has_dots or len(run) == 1 for point in run]
    dots = [
        element(
            "circle",
            element("title", f"{curve.label}, epoch {x:g}: {fixed(y)}"),
            class_=f"dot dot-{number}",
            cx=plot.x.at(x),
            cy=plot.y.at(y),
            r=_DOT_RADIUS,
        )
        for x, y in dotted
    ]
    return lines + dots
