"""When each stage ran, as one bar per stage on a common clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from aivj.report.data import StageLine
from aivj.report.svg import element
from aivj.report.text import duration

_LENGTH = 1000.0
_HEIGHT = 20.0
_MIN_WIDTH = 3.0
_SMALLEST_SHARE = 0.005


@dataclass(frozen=True)
class StageBar:
    """One stage with its bar.

    Attributes:
        name: The stage.
        duration: Its wall time in words.
        share: Its part of the whole, in words.
        result: What came of it.
        svg: The bar.
    """

    name: str
    duration: str
    share: str
    result: str
    svg: Markup


def timeline(stages: Sequence[StageLine]) -> list[StageBar]:
    """Returns a bar for each stage; a stage too short to be seen is drawn as a tick."""
    total_s = sum(stage.duration_s for stage in stages)
    ends_s = list(accumulate(stage.duration_s for stage in stages))
    bars = []
    for stage, end_s in zip(stages, ends_s, strict=True):
        share = stage.duration_s / total_s if total_s > 0 else 0.0
        start = (end_s - stage.duration_s) / total_s if total_s > 0 else 0.0
        bars.append(
            StageBar(
                name=stage.name,
                duration=duration(stage.duration_s),
                share=_percent(share),
                result=stage.result,
                svg=_bar(start, share),
            )
        )
    return bars


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < _SMALLEST_SHARE else f"{share:.0%}".replace("%", " %")


def _bar(start: float, share: float) -> Markup:
    width = max(share * _LENGTH, _MIN_WIDTH)
    x = min(start * _LENGTH, _LENGTH - width)
    return element(
        "svg",
        element("rect", class_="track", x=0, y=0, width=_LENGTH, height=_HEIGHT),
        element("rect", class_="stage-bar", x=x, y=0, width=width, height=_HEIGHT),
        class_="stage-time",
        viewBox=f"0 0 {_LENGTH:g} {_HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
