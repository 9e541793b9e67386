"""The charts of a training: one for each kind of figure that was kept per epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.report.lines import Series, line_chart, line_swatch, series_from
from aivj.report.plot import Chart, LegendItem
from aivj.report.text import counted, fixed


@dataclass(frozen=True)
class _Kind:
    """Figures that share an axis.

    Attributes:
        suffix: What their names end in.
        title: Heading of the chart.
        y_label: Name of the axis.
        note: How to read it.
        include: Values that the axis must reach.
        level: A value to be marked, with its name.
    """

    suffix: str
    title: str
    y_label: str
    note: str
    include: tuple[float, ...] = ()
    level: tuple[float, str] | None = None


_KINDS = (
    _Kind("_loss", "Loss", "mean weighted loss", "Lower is better."),
    _Kind(
        "_auc",
        "Telling good from bad",
        "AUC on held-out pairs",
        "1 is perfect.",
        include=(0.4, 1.0),
        level=(0.5, "chance"),
    ),
    _Kind(
        "_spearman",
        "Agreement with the measurements",
        "rank correlation, held out",
        "1 is the same order, 0 is none.",
        include=(0.0, 1.0),
    ),
    _Kind(
        "_std",
        "Spread of the scores",
        "standard deviation",
        "Before the scores are calibrated.",
        include=(0.0, MIN_QUALITY_STD),
        level=(MIN_QUALITY_STD, f"gate {MIN_QUALITY_STD:g}"),
    ),
)


def training_charts(epochs: Sequence[Mapping[str, float | None]]) -> list[Chart]:
    """Returns a chart for each kind of figure that has a value; none without epochs."""
    charts = (_chart(kind, epochs) for kind in _KINDS)
    return [chart for chart in charts if chart is not None]


def _chart(kind: _Kind, epochs: Sequence[Mapping[str, float | None]]) -> Chart | None:
    numbers = [_epoch_number(epoch, place) for place, epoch in enumerate(epochs, 1)]
    every_name = (name for epoch in epochs for name in epoch)
    names = dict.fromkeys(name for name in every_name if name.endswith(kind.suffix))
    found = (
        series_from(_label(name, kind), numbers, [epoch.get(name) for epoch in epochs])
        for name in names
    )
    curves = [curve for curve in found if curve is not None]
    if not curves:
        return None
    last = ", ".join(f"{curve.label} {fixed(curve.values[-1])}" for curve in curves)
    svg = line_chart(
        curves,
        y_label=kind.y_label,
        name=f"{kind.title} over {counted(len(epochs), 'epoch')}; last values: {last}",
        include=kind.include,
        level=kind.level,
    )
    return Chart(kind.title, svg, _legend(curves), kind.note)


def _epoch_number(epoch: Mapping[str, float | None], place: int) -> float:
    number = epoch.get("epoch")
    return float(place) if number is None else number


def _label(name: str, kind: _Kind) -> str:
    return name.removesuffix(kind.suffix).replace("_", " ")


def _legend(curves: Sequence[Series]) -> tuple[LegendItem, ...]:
    return tuple(
        LegendItem(line_swatch(number), f"{curve.label} {fixed(curve.values[-1])}")
        for number, curve in enumerate(curves)
    )
