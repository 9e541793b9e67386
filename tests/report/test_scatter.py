from xml.etree import ElementTree as ET

from aivj.report.axis import linear_axis
from aivj.report.plot import BOTTOM, LEFT, RIGHT, TOP, Limit, Plot
from aivj.report.scatter import Point, scatter

PLOT = Plot(linear_axis(0, 1, LEFT, RIGHT), linear_axis(0, 1, BOTTOM, TOP), "luma", "quality")


def test_flagged_pairs_have_another_shape_and_all_have_names() -> None:
    points = [Point(0, 0, flagged=False, title="<first>"), Point(1, 1, flagged=True, title="last")]
    svg = scatter(PLOT, points, name="two", limits=[Limit(0.06, "dark", is_floor=True)])
    drawing = ET.fromstring(svg)  # noqa: S314 - our own drawing
    (disc,) = drawing.iter("circle")
    (triangle,) = drawing.iter("polygon")
    assert (disc.get("cx"), disc.get("cy")) == (str(LEFT), str(BOTTOM))
    assert triangle.get("points", "").startswith(f"{RIGHT}.0,")
    assert [title.text for title in drawing.iter("title")] == ["<first>", "last"]
