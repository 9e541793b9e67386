"""`aivj doctor`: what AIVJ finds on this machine."""

import typer
from rich.table import Table

from aivj.cli.console import out
from aivj.cli.options import GpuOrAutoOption
from aivj.settings import Settings

_MARKS = {"ok": "[green]ok[/]", "optional": "[yellow]--[/]", "missing": "[red]missing[/]"}


def doctor(context: typer.Context, gpu: GpuOrAutoOption = "auto") -> None:
    """Examine this machine: programs, packages, disk, CUDA, and the renderer of a real browser.

    On a GPU node: aivj doctor --gpu require
    """
    from aivj.doctor import examine

    settings: Settings = context.obj
    examination = examine(settings.home, gpu)
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in examination.findings:
        table.add_row(_MARKS[finding.state], finding.name, finding.found, finding.remedy)
    out.print(table)
    examination.require_health()
