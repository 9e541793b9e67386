"""The charts of a pack: how luma, motion and quality are spread, and how they go together."""

import math
import statistics
from collections.abc import Sequence

from markupsafe import Markup

from aivj.contracts.eval_rows import TOO_BRIGHT_LUMA
from aivj.contracts.pairs_quality import MIN_QUALITY_STD, QualityStats
from aivj.contracts.run_meta import Heuristic
from aivj.report.axis import linear_axis, log_axis
from aivj.report.histogram import Span, binned, histogram
from aivj.report.pair_views import PairView
from aivj.report.plot import BOTTOM, LEFT, RIGHT, TOP, Chart, LegendItem, Limit, Plot
from aivj.report.scatter import Point, flagged_mark, passing_mark, scatter
from aivj.report.svg import element
from aivj.report.text import counted, fixed, significant

_NUM_LUMA_BINS = 20
_NUM_QUALITY_BINS = 40
_BINS_PER_DECADE = 5
# Motion below this is off the axis: it would squeeze all that can be told apart.
_LOWEST_MOTION = 1e-7
_USUAL_HIGH_MOTION = 0.1
_LUMA_LABEL = "mean luma, 0 black to 1 white"
_QUALITY_LABEL = "quality01, 0 to 1"
_MOTION_LABEL = "motion: mean change per frame (log axis, 1 = full scale)"

Flagged = list[tuple[float, bool]]
"""Values, each with whether its pair is flagged."""


def distribution_charts(
    views: Sequence[PairView], stats: QualityStats | None, thresholds: Heuristic
) -> list[Chart]:
    """Returns the charts that there is something to draw for."""
    lumas = [(view.luma, view.is_flagged) for view in views if view.luma is not None]
    motions = [(view.motion, view.is_flagged) for view in views if view.motion is not None]
    scores = [(v.quality01, v.is_flagged) for v in views if v.quality01 is not None]
    limits = _luma_limits(thresholds)
    charts = [
        _luma_chart(lumas, limits) if lumas else None,
        _motion_chart(motions, thresholds.motion_min) if motions else None,
        _quality_chart(scores, stats) if scores and stats is not None else None,
        _scatter_chart(views, limits),
    ]
    return [chart for chart in charts if chart is not None]


def _luma_limits(thresholds: Heuristic) -> tuple[Limit, Limit]:
    return (
        Limit(thresholds.luma_min, f"too dark ≤ {thresholds.luma_min:g}", is_floor=True),
        Limit(TOO_BRIGHT_LUMA, f"too bright ≥ {TOO_BRIGHT_LUMA:g}", is_floor=False),
    )


def _luma_chart(values: Flagged, limits: Sequence[Limit]) -> Chart:
    axis = linear_axis(0, 1, LEFT, RIGHT)
    bins = binned(values, axis, _NUM_LUMA_BINS)
    middle = _middle(values)
    svg = histogram(
        bins, axis, x_label=_LUMA_LABEL, name=f"Histogram of luma: {middle}", limits=limits
    )
    note = f"{middle}. The checks behind the limits judge both layers before they are blended."
    return Chart("Luma", svg, _bar_legend(), note)


def _motion_chart(values: Flagged, motion_min: float) -> Chart:
    visible = [value for value, _ in values if value >= _LOWEST_MOTION]
    axis = log_axis(min([motion_min, *visible]), max([_USUAL_HIGH_MOTION, *visible]), LEFT, RIGHT)
    num_decades = round(math.log10(axis.high / axis.low))
    bins = binned(values, axis, _BINS_PER_DECADE * num_decades)
    middle = _middle(values)
    limit = Limit(motion_min, f"too still < {significant(motion_min)}", is_floor=True)
    svg = histogram(
        bins, axis, x_label=_MOTION_LABEL, name=f"Histogram of motion: {middle}", limits=[limit]
    )
    num_still = len(values) - len(visible)
    still = f", {num_still} of them with none at all, drawn at the left end" if num_still else ""
    return Chart("Motion", svg, _bar_legend(), f"{middle}{still}.")


def _quality_chart(values: Flagged, stats: QualityStats) -> Chart:
    axis = linear_axis(0, 1, LEFT, RIGHT)
    bins = binned(values, axis, _NUM_QUALITY_BINS)
    spans = [
        Span(stats.mean, stats.std, f"mean ± std {fixed(stats.std)}", "measured"),
        Span(stats.mean, MIN_QUALITY_STD, f"gate ± {MIN_QUALITY_STD:g}", "wanted"),
    ]
    middle = _middle(values)
    svg = histogram(
        bins, axis, x_label=_QUALITY_LABEL, name=f"Histogram of quality: {middle}", spans=spans
    )
    verdict = "wide enough" if stats.std >= MIN_QUALITY_STD else "too narrow"
    note = f"{middle}, from {fixed(stats.min)} to {fixed(stats.max)}; {verdict} for the gate."
    return Chart("Quality", svg, _bar_legend(), note)


def _scatter_chart(views: Sequence[PairView], limits: Sequence[Limit]) -> Chart | None:
    points = [
        Point(v.luma, v.quality01, v.is_flagged, _point_title(v, v.luma, v.quality01))
        for v in views
        if v.luma is not None and v.quality01 is not None
    ]
    if not points:
        return None
    plot = Plot(
        linear_axis(0, 1, LEFT, RIGHT), linear_axis(0, 1, BOTTOM, TOP), _LUMA_LABEL, _QUALITY_LABEL
    )
    note = _correlation(points)
    svg = scatter(plot, points, name=f"Scatter of quality over luma: {note}", limits=limits)
    return Chart("Quality over luma", svg, _point_legend(), note)


def _point_title(view: PairView, luma: float, quality01: float) -> str:
    names = f"{view.foreground.title} over {view.background.title}"
    return f"#{view.pair} {names}: quality {fixed(quality01)}, luma {fixed(luma)}"


def _correlation(points: Sequence[Point]) -> str:
    num_pairs = counted(len(points), "pair")
    xs, ys = [point.x for point in points], [point.y for point in points]
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        return f"{num_pairs}; no correlation, since one of the two does not vary."
    coefficient = statistics.correlation(xs, ys)
    return f"{num_pairs}; linear correlation of the two {coefficient:+.2f}."


def _middle(values: Flagged) -> str:
    median = statistics.median(value for value, _ in values)
    return f"{counted(len(values), 'pair')}, median {significant(median)}"


def _bar_legend() -> tuple[LegendItem, ...]:
    return _legend(
        element("rect", class_="bar", x=1, y=1, width=12, height=8),
        element("rect", class_="bar-flagged", x=1, y=1, width=12, height=8),
    )


def _point_legend() -> tuple[LegendItem, ...]:
    return _legend(passing_mark(7, 5), flagged_mark(7, 5))


def _legend(passing: Markup, flagged: Markup) -> tuple[LegendItem, ...]:
    marks = ((passing, "passes all checks"), (flagged, "flagged"))
    return tuple(
        LegendItem(
            element("svg", mark, class_="swatch", viewBox="0 0 14 10", aria_hidden="true"), label
        )
        for mark, label in marks
    )
