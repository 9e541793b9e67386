"""The page on one acceptance: the verdict, every step, what was seen, what was measured."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from aivj.report.axis import rounded_axis
from aivj.report.page import render_page
from aivj.report.svg import element
from aivj.storage import write_atomic

Verdict = Literal["pass", "fail", "not-applicable"]

_TEMPLATE = "acceptance.html.j2"
_WIDTH = 420
_HEIGHT = 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 412, 10, 118
_LATE_MS = 33
_BAR_GAP = 2
_ROW_HEIGHT = 36
_LABEL_WIDTH = 58
_FIGURES_WIDTH = 126


@dataclass(frozen=True)
class StepLine:
    """One step.

    Attributes:
        title: What is looked at.
        verdict: How it ended.
        found: What was found.
        remedy: What to do; empty unless it failed.
        duration_s: Wall time.
        evidence: Files of it, relative to the page.
    """

    title: str
    verdict: Verdict
    found: str
    remedy: str
    duration_s: float
    evidence: Sequence[str]


@dataclass(frozen=True)
class GateLine:
    """One check of the gate's table.

    Attributes:
        name: Its name.
        expected: The rule.
        dev: How it ended while developing, and whether it is required there.
        release: The same for a release.
        found: What was found for a release.
    """

    name: str
    expected: str
    dev: tuple[Verdict, bool]
    release: tuple[Verdict, bool]
    found: str


@dataclass(frozen=True)
class Picture:
    """What was seen.

    Attributes:
        label: Of what.
        png: The picture.
    """

    label: str
    png: bytes

    @property
    def base64(self) -> str:
        """As it stands in the page."""
        return base64.b64encode(self.png).decode()


@dataclass(frozen=True)
class FrameColumn:
    """Frames of a length.

    Attributes:
        label: From which time on, in ms.
        count: How many.
        is_late: Whether they lag.
    """

    label: str
    count: int
    is_late: bool


@dataclass(frozen=True)
class PickArm:
    """Picks of a mode: their mean quality, and the share that hit the pack's best fifth."""

    name: str
    mean: float
    top20: float


@dataclass(frozen=True)
class AcceptancePage:
    """What the page is made from.

    Attributes:
        pack: The pack.
        generated_at: When; shown in UTC.
        accepted: The verdict.
        duration_s: Wall time of all.
        renderer: What drew.
        is_software: Whether that was a CPU.
        notices: What must be said before anything else.
        steps: The steps, in their order.
        gate: The gate's table.
        pictures: What was seen.
        frames: Frame times as a histogram; empty without any.
        frames_note: In words.
        arms: Weighted and shuffled picks; empty without a comparison.
        arms_note: In words.
    """

    pack: str
    generated_at: datetime
    accepted: bool
    duration_s: float
    renderer: str
    is_software: bool
    notices: Sequence[str]
    steps: Sequence[StepLine]
    gate: Sequence[GateLine]
    pictures: Sequence[Picture]
    frames: Sequence[FrameColumn]
    frames_note: str
    arms: Sequence[PickArm]
    arms_note: str

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """Steps by how they ended."""
        ends: tuple[Verdict, ...] = ("pass", "fail", "not-applicable")
        return {end: sum(step.verdict == end for step in self.steps) for end in ends}


def write_acceptance(path: Path, page: AcceptancePage) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, acceptance_html(page).encode())


def acceptance_html(page: AcceptancePage) -> str:
    """Returns the page."""
    return render_page(
        _TEMPLATE,
        page=page,
        counts=page.counts,
        frames=frame_chart(page.frames) if page.frames else None,
        arms=arm_chart(page.arms) if page.arms else None,
    )


def frame_chart(columns: Sequence[FrameColumn]) -> Markup:
    """Returns a histogram of frame times; late frames are hatched, not only coloured."""
    shown = _without_empty_ends(columns)
    width = (_RIGHT - _LEFT) / len(shown)
    y = rounded_axis(0, max(column.count for column in shown) or 1, _BOTTOM, _TOP, whole=True)
    parts = [
        element(
            "line", class_="grid", x1=_LEFT, x2=_RIGHT, y1=y.at(tick.value), y2=y.at(tick.value)
        )
        for tick in y.ticks
    ]
    parts += [
        element("text", tick.label, x=_LEFT - 5, y=y.at(tick.value) + 3, text_anchor="end")
        for tick in y.ticks
    ]
    for place, column in enumerate(shown):
        left = _LEFT + place * width
        top = y.at(column.count)
        parts.append(
            element(
                "rect",
                class_="bar-flagged" if column.is_late else "bar",
                x=left + _BAR_GAP,
                y=top,
                width=width - 2 * _BAR_GAP,
                height=_BOTTOM - top,
            )
        )
        parts.append(element("text", column.label, x=left, y=_BOTTOM + 14, text_anchor="middle"))
    axis_label = "ms from frame to frame, from"
    parts.append(element("text", axis_label, class_="axis-label", x=_LEFT, y=_HEIGHT - 2))
    name = f"Histogram of frame times, {_LATE_MS} ms and more are late"
    return _chart(_HEIGHT, name, parts)


def arm_chart(arms: Sequence[PickArm]) -> Markup:
    """Returns bars of the mean quality of picks, 0 to 1, one for each mode."""
    parts = []
    for place, arm in enumerate(arms):
        top = place * _ROW_HEIGHT
        span = _RIGHT - _LABEL_WIDTH - _FIGURES_WIDTH
        parts += [
            element("text", arm.name, x=0, y=top + 20),
            element("rect", class_="track", x=_LABEL_WIDTH, y=top + 8, width=span, height=16, rx=3),
            element(
                "rect",
                class_="bar",
                x=_LABEL_WIDTH,
                y=top + 8,
                width=span * min(max(arm.mean, 0), 1),
                height=16,
                rx=3,
            ),
            element(
                "text",
                f"{arm.mean:.3f}, {arm.top20:.0%} in best fifth",
                x=_LABEL_WIDTH + span + 8,
                y=top + 20,
            ),
        ]
    return _chart(_ROW_HEIGHT * len(arms), "Mean quality of picks by mode", parts)


def _chart(height: float, name: str, parts: Sequence[Markup]) -> Markup:
    return element(
        "svg",
        element("title", name),
        *parts,
        class_="chart",
        viewBox=f"0 0 {_WIDTH} {height:g}",
        role="img",
    )


def _without_empty_ends(columns: Sequence[FrameColumn]) -> Sequence[FrameColumn]:
    filled = [place for place, column in enumerate(columns) if column.count]
    return columns[min(filled, default=0) : max(filled, default=len(columns) - 1) + 1]
