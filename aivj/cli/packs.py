"""`aivj packs`: the packs of this home, and what was made of them."""

from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out, working
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import BucketOption
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.pipeline.inventory import PackEntry
    from aivj.settings import Settings


def packs(
    context: typer.Context,
    bucket: BucketOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the packs of this home: pairs, scores, judgements, runs, and what is released.

    Example: aivj packs

    For programs: aivj packs --json
    """
    settings: Settings = context.obj
    with working("looking at the packs"):
        from aivj.pipeline.inventory import list_packs

        found = list_packs(settings, bucket or settings.bucket_uri)
    if as_json:
        print_json(found)
        return
    if not found.packs:
        out.print(f"no pack in {settings.packs_root / 'presets'}", markup=False)
        say_next(context, "pack", "--pack", "NAME", "--presets", "DIR", why="draw one")
        say_next(context, "demo", why="or see the whole loop")
        return
    out.print(_table(found.packs), soft_wrap=False)
    for entry in found.packs:
        if entry.problem is not None:
            out.print(Text(f"{entry.name} cannot be used: {entry.problem}", "yellow"))
        for oddity in entry.oddities:
            out.print(Text(f"{entry.name}: {oddity}", "yellow"))
    _say_next(context, found.packs)


def _table(entries: "list[PackEntry]") -> Table:
    table = plain_table()
    table.add_column("pack", overflow="fold")
    for name in ("pairs", "presets", "score std", "judged", "runs"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("released", no_wrap=True)
    for entry in entries:
        table.add_row(
            Text(entry.name),
            "-" if entry.num_pairs is None else str(entry.num_pairs),
            str(entry.num_presets),
            "-" if entry.quality_std is None else f"{entry.quality_std:.3f}",
            str(entry.num_preferences),
            str(entry.num_runs),
            _released(entry),
        )
    return table


def _released(entry: "PackEntry") -> Text:
    if entry.released is None:
        return Text("no", "dim")
    return Text("yes", "green") if entry.is_released else Text("other scores", "yellow")


def _say_next(context: typer.Context, entries: "list[PackEntry]") -> None:
    """Names the next step of the first pack that has one left."""
    for entry in entries:
        if entry.num_pairs is None:
            continue
        if not entry.num_runs:
            say_next(context, "sample", "--pack", entry.name, *gpu_option())
        elif not entry.num_scored:
            say_next(context, "runs", why=f"what {entry.name} can be trained on")
        elif not entry.is_released:
            say_next(context, "verify", "--pack", entry.name, *gpu_option())
        else:
            continue
        return
