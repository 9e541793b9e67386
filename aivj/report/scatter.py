"""A scatter of two figures of the pairs; the shape of a mark says whether its pair is flagged."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aivj.report.plot import HEADROOM_WITH_LIMITS, Limit, Plot
from aivj.report.svg import element

_RADIUS = 4.0


@dataclass(frozen=True)
class Point:
    """One pair."""

    x: float
    y: float
    flagged: bool
    title: str


def scatter(
    plot: Plot, points: Sequence[Point], *, name: str, limits: Sequence[Limit] = ()
) -> Markup:
    """Returns the drawing; `name` is read out to those who cannot see it."""
    marks = [mark for limit in limits for mark in plot.limit(limit)]
    marks += [_mark(plot, point) for point in points]
    return plot.draw(name, marks, headroom=HEADROOM_WITH_LIMITS)


def _mark(plot: Plot, point: Point) -> Markup:
    shape = flagged_mark if point.flagged else passing_mark
    return shape(plot.x.at(point.x), plot.y.at(point.y), element("title", point.title))


def passing_mark(x: float, y: float, *children: Markup) -> Markup:
    """Returns the disc of a pair that passes all checks."""
    return element("circle", *children, class_="point", cx=x, cy=y, r=_RADIUS)


def flagged_mark(x: float, y: float, *children: Markup) -> Markup:
    """Returns the triangle of a flagged pair."""
    corners = [(x, y - 1.2 * _RADIUS), (x + 1.1 * _RADIUS, y + _RADIUS * 0.9)]
    corners.append((x - 1.1 * _RADIUS, y + _RADIUS * 0.9))
    points = " ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)
    return element("polygon", *children, class_="point-flagged", points=points)
