import math
from typing import Any
from xml.etree import ElementTree as ET

from aivj.report.lines import Series, line_chart, line_swatch, series_from


def test_a_curve_breaks_where_there_is_no_value() -> None:
    series = series_from("loss", [1, 2, 3, 4, 5], [0.5, None, 0.4, 0.3, math.nan])
    assert series is not None
    assert series.values == [0.5, 0.4, 0.3]
    assert series.runs() == [[(1, 0.5)], [(3, 0.4), (4, 0.3)]]


def test_a_curve_without_values_is_none() -> None:
    assert series_from("loss", [1, 2], [None, math.inf]) is None


def _drawn(*curves: Series, **options: Any) -> ET.Element:
    svg = line_chart(curves, y_label="loss", name="curves", **options)
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_one_epoch_is_a_dot() -> None:
    drawing = _drawn(Series("loss", ((1, 0.5),)))
    assert list(drawing.iter("polyline")) == []
    assert len(list(drawing.iter("circle"))) == 1
    assert "loss, epoch 1: 0.500" in [title.text for title in drawing.iter("title")]


def test_long_curves_have_no_dots_but_lone_values_do() -> None:
    points = tuple((float(x), None if x in {3, 5} else 1.0 / x) for x in range(1, 100))
    drawing = _drawn(Series("loss", points))
    assert len(list(drawing.iter("polyline"))) == 2
    assert len(list(drawing.iter("circle"))) == 1


def test_curves_are_told_apart_and_the_axis_reaches_what_it_must() -> None:
    drawing = _drawn(
        Series("a", ((1, 0.7), (2, 0.8))),
        Series("b", ((1, 0.6), (2, 0.6))),
        include=(0.0, 1.0),
        level=(0.5, "chance"),
    )
    classes = [line.get("class") for line in drawing.iter("polyline")]
    assert classes == ["curve curve-0", "curve curve-1"]
    assert {"chance", "epoch", "0.0", "1.0"} <= {text.text for text in drawing.iter("text")}
    assert "curve-1" in line_swatch(1)
