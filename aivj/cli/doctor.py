"""`aivj doctor`: what AIVJ finds on this machine."""

from typing import TYPE_CHECKING

import typer
from rich.table import Table

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import GpuOrAutoOption

if TYPE_CHECKING:
    from aivj.settings import Settings

_MARKS = {"ok": "[green]ok[/]", "optional": "[yellow]--[/]", "missing": "[red]missing[/]"}


def doctor(context: typer.Context, gpu: GpuOrAutoOption = "auto") -> None:
    """Examine this machine: programs, packages, disk, CUDA, and the renderer of a real browser.

    On a GPU node: aivj doctor --gpu require
    """
    from aivj.doctor import examine

    settings: Settings = context.obj
    with working("looking at this machine"):
        examination = examine(settings.home, gpu)
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in examination.findings:
        table.add_row(_MARKS[finding.state], finding.name, finding.found, finding.remedy)
    out.print(table)
    examination.require_health()
    say_next(context, "demo", why="the whole loop on a small pack")
