"""One figure of several models: a dot with its spread for each, one below another."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aivj.report.axis import Axis, rounded_axis
from aivj.report.plot import WIDTH
from aivj.report.svg import element
from aivj.report.text import fixed

_LEFT = 104
_RIGHT = 400
_ROW_HEIGHT = 28
_FOOT = 24
_RADIUS = 5


@dataclass(frozen=True)
class DotRow:
    """One model.

    Attributes:
        label: What it is called.
        mean: Where its dot lies.
        std: Standard deviation; drawn to both sides.
        is_ours: Whether it is the one that the others are there for.
    """

    label: str
    mean: float
    std: float
    is_ours: bool


def dot_chart(rows: Sequence[DotRow], *, name: str, include: float) -> Markup:
    """Returns the drawing of at least one row.

    Args:
        rows: From top to bottom.
        name: Is read out to those who cannot see it.
        include: Value that the axis must reach.
    """
    ends = [row.mean + sign * row.std for row in rows for sign in (-1, 1)]
    x = rounded_axis(min(*ends, include), max(*ends, include), _LEFT, _RIGHT)
    bottom = _ROW_HEIGHT * len(rows)
    grid = [
        element("line", class_="grid", x1=x.at(tick.value), x2=x.at(tick.value), y1=0, y2=bottom)
        for tick in x.ticks
    ]
    ticks = [
        element("text", tick.label, x=x.at(tick.value), y=bottom + 16, text_anchor="middle")
        for tick in x.ticks
    ]
    marks = [mark for place, row in enumerate(rows) for mark in _marks(x, row, place)]
    return element(
        "svg",
        *grid,
        *marks,
        *ticks,
        class_="chart",
        viewBox=f"0 0 {WIDTH} {bottom + _FOOT}",
        role="img",
        aria_label=f"{name}: {'; '.join(map(described, rows))}",
    )


def described(row: DotRow) -> str:
    """Returns a row in words."""
    return f"{row.label} {fixed(row.mean)} ± {fixed(row.std)}"


def _marks(x: Axis, row: DotRow, place: int) -> list[Markup]:
    y = _ROW_HEIGHT * (place + 0.5)
    kind = 0 if row.is_ours else 1
    low, high = x.at(row.mean - row.std), x.at(row.mean + row.std)
    return [
        element("text", row.label, x=_LEFT - 10, y=y, dy="0.35em", text_anchor="end"),
        element("line", class_=f"curve curve-{kind}", x1=low, x2=high, y1=y, y2=y),
        element(
            "circle",
            element("title", described(row)),
            class_=f"dot dot-{kind}",
            cx=x.at(row.mean),
            cy=y,
            r=_RADIUS,
        ),
    ]
