"""The page on a sweep: the best configurations, and the objective against each swept option."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.sweep import SweepTable, SweptConfiguration
from aivj.report.axis import linear_axis, log_axis
from aivj.report.plot import BOTTOM, LEFT, RIGHT, TOP, Chart, Plot
from aivj.report.scatter import Point, scatter
from aivj.report.study import StudyPage, TableRow, write_study

Range = tuple[float, float, bool]
"""Least, most, and whether the scale is logarithmic."""

_NUM_IN_TABLE = 20
_CAUTION = (
    "The best of many is flattered by having been chosen: judge it anew with `aivj evaluate` under "
    "other seeds."
)


def write_sweep_page(
    path: Path,
    table: SweepTable,
    *,
    swept: Mapping[str, Range],
    structure: Sequence[str],
    facts: Sequence[tuple[str, str]],
    notes: Sequence[str],
) -> None:
    """Writes the page, whole or not at all.

    Args:
        path: Where.
        table: What was tried, at least one configuration.
        swept: Options with a chart each.
        structure: Other options that were searched.
        facts: What was searched: labels and values.
        notes: What a reader should know of the data.

    Raises:
        StorageError: The disk did not take it.
    """
    results, shown = table.results, (*structure, *swept)
    winner = results[0]
    page = StudyPage(
        title="Which weights and sizes serve best?",
        generated_at=datetime.now(UTC),
        facts=[*facts, ("best objective", _objective(winner))],
        conclusions=[
            "Best: " + ", ".join(f"{name} {value}" for name, value in _options(winner, shown)),
            _CAUTION,
        ],
        notes=notes,
        columns=["objective", *(name.replace("_", " ") for name in shown)],
        rows=[
            TableRow(
                label=f"{rank}",
                cells=[_objective(result), *(value for _, value in _options(result, shown))],
                is_ours=rank == 1,
            )
            for rank, result in enumerate(results[:_NUM_IN_TABLE], 1)
        ],
        charts=[_chart(results, name, ends) for name, ends in swept.items()],
    )
    write_study(path, page)


def _objective(result: SweptConfiguration) -> str:
    return "-" if result.objective is None else f"{result.objective:.3f} ± {result.spread:.3f}"


def _options(result: SweptConfiguration, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, f"{_value(result, name):.3g}") for name in names]


def _value(result: SweptConfiguration, name: str) -> float:
    """Returns an option that was searched: a number."""
    return float(result.config[name])


def _chart(results: Sequence[SweptConfiguration], name: str, ends: Range) -> Chart:
    """Draws the objective of each configuration against one swept option."""
    least, most, is_log = ends
    judged = [(result, result.objective) for result in results if result.objective is not None]
    values = [objective for _, objective in judged]
    axis = log_axis if is_log else linear_axis
    label = name.replace("_", " ")
    plot = Plot(
        axis(least, most, LEFT, RIGHT),
        linear_axis(min(values), max(values), BOTTOM, TOP),
        label,
        "objective",
    )
    points = [
        Point(
            _value(result, name),
            objective,
            flagged=False,
            title=f"{label} {_value(result, name):.3g}: {_objective(result)}",
        )
        for result, objective in judged
    ]
    svg = scatter(plot, points, name=f"objective of {len(points)} configurations against {label}")
    return Chart(f"Objective and {label}", svg, (), "Each disc is a configuration, over all seeds.")
