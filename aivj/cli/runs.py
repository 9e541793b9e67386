"""`aivj runs`: the sampling runs of this home, and how each stands."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out, working
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.runs.listing import RunEntry
    from aivj.settings import Settings

_STYLES = {"complete": "green", "running": "cyan", "failed": "bold red"}


def runs(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to look. Default: the home.")
    ] = None,
    pack: Annotated[str | None, typer.Option("--pack", help="Only runs of this pack.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs of this home, the latest first: pack, rows, state, and share that is ok.

    Example: aivj runs --pack mine

    For programs: aivj runs --json
    """
    settings: Settings = context.obj
    place = folder or settings.home
    with working("looking at the runs"):
        from aivj.pipeline.inventory import list_runs

        found = list_runs(place)
    chosen = [run for run in found.runs if pack is None or pack in run.packs]
    if as_json:
        print_json(found.model_copy(update={"runs": chosen}))
        return
    if not chosen:
        of = "" if pack is None else f" of {pack}"
        out.print(f"no run{of} in {place}", markup=False)
        say_next(context, "sample", "--pack", pack or "NAME", *gpu_option(), why="makes one")
        say_next(context, "packs", why="the packs there are")
        return
    out.print(_table(chosen), soft_wrap=False)
    latest = chosen[0]
    if latest.state == "complete":
        say_next(context, "report", latest.path)
    elif latest.state != "running" and latest.driver == "stage":
        words = ["--pack", ",".join(latest.packs), *gpu_option(), "--out-dir", latest.path]
        say_next(context, "sample", *words, "--resume", why="with the options it began with")


def _table(entries: "list[RunEntry]") -> Table:
    table = plain_table()
    table.add_column("run", overflow="fold")
    table.add_column("pack", overflow="fold")
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("ok", justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("when", no_wrap=True)
    for entry in entries:
        target = "" if entry.num_target is None else f"/{entry.num_target}"
        table.add_row(
            Text(os.path.relpath(entry.path) if Path(entry.path).is_absolute() else entry.path),
            Text(", ".join(entry.packs)),
            f"{entry.num_rows}{target}",
            str(entry.num_failures),
            "-" if entry.ok_rate is None else f"{entry.ok_rate:.0%}",
            Text(entry.state, _STYLES.get(entry.state, "yellow")),
            _when(entry.started_at),
        )
    return table


def _when(started_at: str | None) -> str:
    """Returns the local time of the start, as short as it can be told."""
    if started_at is None:
        return "-"
    try:
        return datetime.fromisoformat(started_at).astimezone().strftime("%m-%d %H:%M")
    except ValueError:
        return started_at[:16]
