"""`aivj plan`: what a pool needs for so many presets and pairs, and what it costs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out, say, working
from aivj.cli.model_options import From, takes
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.pipeline.planning import MeasuredTakes, Plan, PlanRequest


@takes(request=From("aivj.pipeline.planning:PlanRequest"))
def plan(
    context: typer.Context,  # noqa: ARG001 - the options' models are made with it
    request: "PlanRequest",
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Count with what the takes of this run's folder tell."),
    ] = None,
    takes: Annotated[
        str | None,
        typer.Option("--takes", help="Or with those of a store: a folder, or s3://bucket/prefix."),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", help="YAML file of prices instead of the dated ones of AIVJ."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how long a pool needs for so many presets and pairs, what binds it, and what it costs.

    The seconds of a GPU are yours to measure; formulas and what breaks first: docs/scale.md.

    Example: aivj plan --presets 130000 --pairs 1000000 --gpus 8 --gpu-s 0.05

    With what a run has measured: aivj plan --presets 130000 --gpus 8 --run var/runs/mine
    """
    from aivj.pipeline.planning import measure_run, measure_takes, read_prices
    from aivj.pipeline.planning import plan as planned

    measured: MeasuredTakes | None = None
    if run is not None:
        with working("reading the run's takes"):
            measured = measure_run(run)
    elif takes is not None:
        with working("reading takes"):
            measured = measure_takes(takes)
    found = planned(request, read_prices(prices), measured)
    if as_json:
        print_json(found)
        return
    _print(found)
    for note in found.notes:
        say(f"note: {note}")


def _print(found: "Plan") -> None:
    request, table = found.request, plain_table(header=False)
    rates = ", ".join(
        f"{name} {'unknown' if rate is None else f'{rate:.1f}'}"
        for name, rate in found.takes_per_s.items()
    )
    low, high = found.gpu_cost
    bucket = (
        f"${found.store_cost_a_month:,.2f} a month, ${found.write_cost:,.2f} to write, "
        f"${found.egress_cost:,.2f} to read all from elsewhere"
    )
    if found.measured is not None:
        told = found.measured
        table.add_row(
            "measured",
            f"{told.num_takes} takes of {told.renderer_class}, {told.fail_share:.1%} failed, "
            f"{told.take_kb:.0f} KB each",
        )
    for name, value in (
        ("takes a second beside a GPU", rates),
        ("what binds", found.binds),
        ("drawing", f"{_hours(found.drawing_hours)} on {request.gpus} GPUs"),
        ("composing", f"{_hours(found.composing_hours)} of the driver"),
        ("GPU hours billed", f"{found.gpu_hours:,.1f}"),
        (f"GPUs, {request.gpu}", f"${low:,.2f} to ${high:,.2f}"),
        ("takes", f"{found.store_gb:,.1f} GB in {found.num_writes:,.0f} objects"),
        (f"bucket, {request.bucket}", bucket),
    ):
        table.add_row(name, value)
    out.print(table)


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:,.1f} min"
