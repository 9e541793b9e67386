"""The frame that every chart is drawn in: grid, axes with their names, limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aivj.report.axis import Axis
from aivj.report.svg import element

WIDTH = 420
HEIGHT = 262
LEFT = 50
RIGHT = 406
TOP = 34
BOTTOM = 214
HEADROOM = 16
HEADROOM_WITH_LIMITS = 20

_TICK_GAP = 7
_X_TICKS_Y = BOTTOM + 17
_X_LABEL_Y = HEIGHT - 10
_Y_LABEL_X = 12
_LIMIT_LABEL_Y = TOP - 9
_MIDDLE_X = (LEFT + RIGHT) / 2
_MIDDLE_Y = (TOP + BOTTOM) / 2


@dataclass(frozen=True)
class LegendItem:
    """What a mark stands for."""

    swatch: Markup
    label: str


@dataclass(frozen=True)
class Chart:
    """A finished chart.

    Attributes:
        title: What it shows.
        svg: The drawing.
        legend: Empty if there is only one kind of mark.
        note: What to see in it, in words.
    """

    title: str
    svg: Markup
    legend: tuple[LegendItem, ...]
    note: str


@dataclass(frozen=True)
class Limit:
    """A threshold on the x axis, with the side of it that is not wanted.

    Attributes:
        value: Where it lies.
        label: What it is called.
        is_floor: Whether what lies below it is not wanted; otherwise what lies above.
    """

    value: float
    label: str
    is_floor: bool


@dataclass(frozen=True)
class Plot:
    """Two axes and their names."""

    x: Axis
    y: Axis
    x_label: str
    y_label: str

    def draw(self, name: str, marks: Sequence[Markup], *, headroom: float) -> Markup:
        """Returns the drawing.

        Args:
            name: What it says, for those who cannot see it.
            marks: What is drawn between the axes.
            headroom: User units above the plot that the marks need, at most `TOP`.
        """
        return element(
            "svg",
            *self._y_axis(),
            *marks,
            *self._x_axis(),
            class_="chart",
            viewBox=f"0 {TOP - headroom:g} {WIDTH} {HEIGHT - TOP + headroom:g}",
            role="img",
            aria_label=name,
        )

    def limit(self, limit: Limit) -> list[Markup]:
        """Returns the shaded side of a threshold, its line and its name above the plot."""
        x = self.x.at(limit.value)
        near, far = (LEFT, x) if limit.is_floor else (x, RIGHT)
        return [
            element(
                "rect", class_="limit-side", x=near, y=TOP, width=far - near, height=BOTTOM - TOP
            ),
            *self.moment(limit.value, limit.label),
        ]

    def level(self, value: float, label: str) -> list[Markup]:
        """Returns a horizontal line of reference with its name."""
        y = self.y.at(value)
        return [
            element("line", class_="limit", x1=LEFT, x2=RIGHT, y1=y, y2=y),
            element("text", label, class_="limit-label", x=RIGHT, y=y - 5, text_anchor="end"),
        ]

    def moment(self, value: float, label: str) -> list[Markup]:
        """Returns a vertical line at a value of x, with its name above the plot."""
        x = self.x.at(value)
        anchor = "start" if x < _MIDDLE_X else "end"
        return [
            element("line", class_="limit", x1=x, x2=x, y1=TOP - 5, y2=BOTTOM),
            element("text", label, class_="limit-label", x=x, y=_LIMIT_LABEL_Y, text_anchor=anchor),
        ]

    def _x_axis(self) -> list[Markup]:
        ticks = [
            element("text", tick.label, x=self.x.at(tick.value), y=_X_TICKS_Y, text_anchor="middle")
            for tick in self.x.ticks
        ]
        notches = [
            element("line", class_="axis", x1=x, x2=x, y1=BOTTOM, y2=BOTTOM + 4)
            for x in (self.x.at(tick.value) for tick in self.x.ticks)
        ]
        line = element("line", class_="axis", x1=LEFT, x2=RIGHT, y1=BOTTOM, y2=BOTTOM)
        name = element(
            "text",
            self.x_label,
            class_="axis-label",
            x=_MIDDLE_X,
            y=_X_LABEL_Y,
            text_anchor="middle",
        )
        return [line, *notches, *ticks, name]

    def _y_axis(self) -> list[Markup]:
        grid = [
            element("line", class_="grid", x1=LEFT, x2=RIGHT, y1=y, y2=y)
            for y in (self.y.at(tick.value) for tick in self.y.ticks)
        ]
        ticks = [
            element(
                "text",
                tick.label,
                x=LEFT - _TICK_GAP,
                y=self.y.at(tick.value),
                dy="0.35em",
                text_anchor="end",
            )
            for tick in self.y.ticks
        ]
        name = element(
            "text",
            self.y_label,
            class_="axis-label",
            transform=f"translate({_Y_LABEL_X} {_MIDDLE_Y:g}) rotate(-90)",
            text_anchor="middle",
        )
        return [*grid, *ticks, name]
