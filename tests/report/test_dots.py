from xml.etree import ElementTree as ET

from aivj.report.dots import DotRow, dot_chart

ROWS = [DotRow("<net>", 0.7, 0.05, is_ours=True), DotRow("trees", 0.6, 0.0, is_ours=False)]


def test_a_dot_for_each_row_from_top_to_bottom() -> None:
    drawing = ET.fromstring(dot_chart(ROWS, name="AUC", include=0.5))  # noqa: S314 - our own
    ours, other = drawing.iter("circle")
    assert float(ours.get("cx", "")) > float(other.get("cx", ""))
    assert float(ours.get("cy", "")) < float(other.get("cy", ""))
    assert "dot-0" in ours.get("class", "")
    assert "dot-1" in other.get("class", "")
    assert drawing.get("aria-label") == "AUC: <net> 0.700 ± 0.050; trees 0.600 ± 0.000"


def test_the_axis_reaches_what_it_must_and_every_spread() -> None:
    drawing = ET.fromstring(dot_chart(ROWS, name="AUC", include=0.0))  # noqa: S314 - our own
    labels = [text.text for text in drawing.iter("text")]
    assert "0.0" in labels
    spreads = [line for line in drawing.iter("line") if "curve" in line.get("class", "")]
    low, high = (float(spreads[0].get(end, "")) for end in ("x1", "x2"))
    dot = float(next(drawing.iter("circle")).get("cx", ""))
    assert low < dot < high
