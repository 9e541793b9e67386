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


def training_charts(
    epochs: Sequence[Mapping[str, float | None]], *, chosen_epoch: int | None = None
) -> list[Chart]:
    """Returns a chart for each kind of figure that has a value; none without epochs.

    Args:
        epochs: Figures after each epoch of a fit, to its end.
        chosen_epoch: The epoch whose number the fit that counts runs for; marked, and the one
            whose values stand in the legend. None if that is the last one.
    """
    charts = (_chart(kind, epochs, chosen_epoch) for kind in _KINDS)
    return [chart for chart in charts if chart is not None]


def _chart(
    kind: _Kind, epochs: Sequence[Mapping[str, float | None]], chosen_epoch: int | None
) -> Chart | None:
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
    told = [f"{curve.label} {_value_at(curve, chosen_epoch)}" for curve in curves]
    place = "last values" if chosen_epoch is None else f"at the chosen epoch {chosen_epoch}"
    svg = line_chart(
        curves,
        y_label=kind.y_label,
        name=f"{kind.title} over {counted(len(epochs), 'epoch')}; {place}: {', '.join(told)}",
        include=kind.include,
        level=kind.level,
        moment=None if chosen_epoch is None else (chosen_epoch, f"epoch {chosen_epoch} chosen"),
    )
    legend = tuple(LegendItem(line_swatch(number), text) for number, text in enumerate(told))
    told_of = "" if chosen_epoch is None else f" The legend has the values at epoch {chosen_epoch}."
    return Chart(kind.title, svg, legend, kind.note + told_of)


def _epoch_number(epoch: Mapping[str, float | None], place: int) -> float:
    number = epoch.get("epoch")
    return float(place) if number is None else number


def _label(name: str, kind: _Kind) -> str:
    return name.removesuffix(kind.suffix).replace("_", " ")


def _value_at(curve: Series, chosen_epoch: int | None) -> str:
    """Returns the value at the chosen epoch, or the last one."""
    at_epoch = dict(curve.points).get(chosen_epoch) if chosen_epoch is not None else None
    if at_epoch is None:
        return fixed(curve.values[-1]) if chosen_epoch is None else "-"
    return fixed(at_epoch)
