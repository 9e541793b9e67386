from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from aivj.report.axis import linear_axis, log_axis
from aivj.report.histogram import Span, binned, histogram
from aivj.report.plot import LEFT, RIGHT, Limit

AXIS = linear_axis(0, 1, LEFT, RIGHT)


def _passing(*values: float) -> list[tuple[float, bool]]:
    return [(value, False) for value in values]


def test_an_edge_belongs_to_the_interval_above_it() -> None:
    edges = [number / 20 for number in range(21)]
    counts = [each.num_pairs for each in binned(_passing(*edges), AXIS, 20)]
    assert counts == [1] * 19 + [2]


def test_values_off_the_axis_count_at_its_ends() -> None:
    assert [each.num_pairs for each in binned(_passing(-1, 2, 0.5), AXIS, 3)] == [1, 1, 1]


def test_flagged_pairs_are_counted_apart() -> None:
    (only,) = binned([(0.5, True), (0.6, False), (0.7, True)], AXIS, 1)
    assert (only.low, only.high) == (0, 1)
    assert (only.num_passing, only.num_flagged, only.num_pairs) == (1, 2, 3)


def test_intervals_of_a_log_axis_have_equal_ratios() -> None:
    bins = binned(_passing(0.0, 2e-5, 5e-4), log_axis(1e-5, 1e-3, LEFT, RIGHT), 4)
    assert [each.num_pairs for each in bins] == [2, 0, 0, 1]
    assert all(abs(each.high / each.low - 10**0.5) < 1e-9 for each in bins)


@given(st.lists(st.tuples(st.floats(-2, 2), st.booleans())), st.integers(1, 50))
def test_no_value_is_lost(values: list[tuple[float, bool]], num_bins: int) -> None:
    bins = binned(values, AXIS, num_bins)
    assert sum(each.num_pairs for each in bins) == len(values)
    assert sum(each.num_flagged for each in bins) == sum(flagged for _, flagged in values)


def _drawn(**options: Any) -> ET.Element:
    bins = binned([(0.1, False), (0.1, True), (0.9, False)], AXIS, 10)
    svg = histogram(bins, AXIS, x_label="luma <0..1>", name="a & b", **options)
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_bars_stand_on_each_other_and_are_as_high_as_their_counts() -> None:
    drawing = _drawn()
    assert drawing.get("aria-label") == "a & b"
    bars = [bar for bar in drawing.iter("rect") if bar.get("class") == "bar"]
    (flagged,) = [bar for bar in drawing.iter("rect") if bar.get("class") == "bar-flagged"]
    heights = {bar.get("height") for bar in (*bars, flagged)}
    assert heights == {"45"}
    assert float(flagged.get("y", "")) + 45 == float(bars[0].get("y", ""))
    assert "0.1 to 0.2: 2 pairs, 1 flagged" in [title.text for title in drawing.iter("title")]


def test_axes_and_limits_are_named() -> None:
    limits = [Limit(0.06, "too dark", is_floor=True), Limit(0.96, "too bright", is_floor=False)]
    texts = [text.text for text in _drawn(limits=limits).iter("text")]
    assert {"too dark", "too bright", "luma <0..1>", "pairs", "0.2"} <= set(texts)


def test_spans_stand_round_their_centre() -> None:
    drawing = _drawn(spans=[Span(0.5, 0.1, "std", "measured"), Span(0.95, 0.03, "gate", "wanted")])
    first, *_ = [line for line in drawing.iter("line") if line.get("class") == "span measured"]
    assert (first.get("x1"), first.get("x2")) == ("192.4", "263.6")
    anchors = {text.text: text.get("text-anchor") for text in drawing.iter("text")}
    assert (anchors["std"], anchors["gate"]) == ("end", "end")
