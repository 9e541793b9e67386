"""The page on one acceptance: the verdict, every step, what was seen, what was measured."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from markupsafe import Markup

from aivj.contracts.acceptance import AcceptReport
from aivj.contracts.checks import Mode, Verdict, VerifyCheckReport
from aivj.contracts.log_stats import LAG_ABOVE_MS, FrameTimeColumn, FrameTimeStat
from aivj.contracts.uplift import Uplift
from aivj.report.axis import rounded_axis
from aivj.report.page import render_page
from aivj.report.svg import element
from aivj.storage import write_atomic

_TEMPLATE = "acceptance.html.j2"
_WIDTH = 420
_HEIGHT = 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 412, 10, 118
_BAR_GAP = 2
_ROW_HEIGHT = 36
_LABEL_WIDTH = 58
_FIGURES_WIDTH = 126


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
class AcceptancePage:
    """What the page is made from.

    Attributes:
        report: As in `accept.json`.
        generated_at: When the page was made; shown in UTC.
        renderer: What drew.
        is_software: Whether that was a CPU.
        gate: The verdict on the evidence, by what it has to be good enough for; empty without any.
        pictures: What was seen.
        frame_time: Frame times; None without any.
        uplift: Weighted against shuffled picks; None without a comparison.
    """

    report: AcceptReport
    generated_at: datetime
    renderer: str
    is_software: bool
    gate: Mapping[Mode, VerifyCheckReport]
    pictures: Sequence[Picture]
    frame_time: FrameTimeStat | None
    uplift: Uplift | None

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """Steps by how they ended."""
        ends: tuple[Verdict, ...] = get_args(Verdict)
        steps = self.report.steps.values()
        return {end: sum(step.verdict == end for step in steps) for end in ends}

    @property
    def notices(self) -> list[str]:
        """What must be said before anything else."""
        artifacts = "Judged by evidence that was there; nothing was opened for it."
        cpu = "A CPU drew: times from frame to frame say nothing of a GPU, and are not judged."
        told = {artifacts: self.report.used_artifacts, cpu: self.is_software}
        return [text for text, is_so in told.items() if is_so]


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
        frames=frame_chart(page.frame_time.histogram) if page.frame_time else None,
        arms=arm_chart(page.uplift) if page.uplift else None,
    )


def frame_chart(columns: Sequence[FrameTimeColumn]) -> Markup:
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
                class_="bar-flagged" if column.from_ms >= LAG_ABOVE_MS else "bar",
                x=left + _BAR_GAP,
                y=top,
                width=width - 2 * _BAR_GAP,
                height=_BOTTOM - top,
            )
        )
        parts.append(
            element("text", f"{column.from_ms}", x=left, y=_BOTTOM + 14, text_anchor="middle")
        )
    axis_label = "ms from frame to frame, from"
    parts.append(element("text", axis_label, class_="axis-label", x=_LEFT, y=_HEIGHT - 2))
    name = f"Histogram of frame times, {LAG_ABOVE_MS:g} ms and more are late"
    return _chart(_HEIGHT, name, parts)


def arm_chart(uplift: Uplift) -> Markup:
    """Returns bars of the mean quality of picks, 0 to 1, one for each mode."""
    parts = []
    arms = {"weighted": uplift.weighted, "shuffled": uplift.shuffle}
    for place, (name, arm) in enumerate(arms.items()):
        top = place * _ROW_HEIGHT
        span = _RIGHT - _LABEL_WIDTH - _FIGURES_WIDTH
        parts += [
            element("text", name, x=0, y=top + 20),
            element("rect", class_="track", x=_LABEL_WIDTH, y=top + 8, width=span, height=16, rx=3),
            element(
                "rect",
                class_="bar",
                x=_LABEL_WIDTH,
                y=top + 8,
                width=span * min(max(arm.avg_quality, 0), 1),
                height=16,
                rx=3,
            ),
            element(
                "text",
                f"{arm.avg_quality:.3f}, {arm.top20_hit_rate:.0%} in best fifth",
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


def _without_empty_ends(columns: Sequence[FrameTimeColumn]) -> Sequence[FrameTimeColumn]:
    filled = [place for place, column in enumerate(columns) if column.count]
    return columns[min(filled, default=0) : max(filled, default=len(columns) - 1) + 1]
