from xml.etree import ElementTree as ET

from aivj.report import StageLine
from aivj.report.timeline import StageBar, timeline


def _place(bar: StageBar) -> tuple[float, float]:
    drawing = ET.fromstring(bar.svg)  # noqa: S314 - our own drawing
    (rect,) = [rect for rect in drawing.iter("rect") if rect.get("class") == "stage-bar"]
    return float(rect.get("x", "")), float(rect.get("width", ""))


def test_each_bar_starts_where_the_last_one_ends() -> None:
    bars = timeline([StageLine("a", 30, "x"), StageLine("b", 60, "y"), StageLine("c", 30, "z")])
    assert [_place(bar) for bar in bars] == [(0, 250), (250, 500), (750, 250)]
    assert [bar.share for bar in bars] == ["25 %", "50 %", "25 %"]
    assert (bars[1].name, bars[1].duration, bars[1].result) == ("b", "1 min 00 s", "y")


def test_short_stages_can_be_seen() -> None:
    bars = timeline([StageLine("long", 1000, ""), StageLine("short", 0.01, "")])
    assert _place(bars[1]) == (997, 3)
    assert bars[1].share == "<1 %"


def test_stages_that_took_no_time_and_no_stages() -> None:
    assert _place(timeline([StageLine("nothing", 0, "")])[0]) == (0, 3)
    assert timeline([]) == []
