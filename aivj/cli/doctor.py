"""`aivj doctor`: what AIVJ finds on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import GpuOrAutoOption
from aivj.cli.results import plain_table
from aivj.errors import RendererRefusedError

if TYPE_CHECKING:
    from aivj.doctor import ProfileTrial
    from aivj.settings import Settings

_MARKS = {"ok": "[green]ok[/]", "optional": "[yellow]--[/]", "missing": "[red]missing[/]"}
_NUM_PRESETS = 3


def doctor(
    context: typer.Context,
    gpu: GpuOrAutoOption = "auto",
    matrix: Annotated[
        bool,
        typer.Option(
            "--matrix",
            help="Try each launch profile: its speed, the same pictures again, a killed GPU.",
        ),
    ] = False,
    presets: Annotated[
        Path | None,
        typer.Option("--presets", help="With --matrix: draw three of this folder, not our own."),
    ] = None,
) -> None:
    """Examine this machine: programs, packages, disk, CUDA, and the renderer of a real browser.

    On a GPU node: aivj doctor --gpu require

    What each launch profile is worth there: aivj doctor --gpu require --matrix
    """
    from aivj.doctor import examine

    settings: Settings = context.obj
    if matrix:
        _try_profiles(settings, gpu, presets)
        return
    with working("looking at this machine"):
        examination = examine(settings.home, gpu)
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in examination.findings:
        table.add_row(_MARKS[finding.state], finding.name, finding.found, finding.remedy)
    out.print(table)
    examination.require_health()
    say_next(context, "demo", why="the whole loop on a small pack")


def _try_profiles(settings: "Settings", gpu: GpuOrAutoOption, presets: Path | None) -> None:
    """Prints what each profile is worth. Raises if none is worth anything."""
    from aivj.doctor import library_jobs, own_jobs, try_profiles
    from aivj.takes.settings import RenderSettings

    jobs = (
        own_jobs()
        if presets is None
        else library_jobs(presets, settings.conversion_cache, _NUM_PRESETS)
    )
    with working("trying every launch profile"):
        trials = try_profiles(gpu, jobs, seconds=10, settings=RenderSettings())
    table = plain_table()
    for heading in ("", "profile", "takes/min", "again", "GPU process killed", "draws on"):
        table.add_column(heading)
    for trial in trials:
        table.add_row(_MARKS["ok" if trial.is_fit else "missing"], trial.profile, *_cells(trial))
    out.print(table)
    if not any(trial.is_fit for trial in trials):
        raise RendererRefusedError(
            "a launch profile that is fit for work",
            "; ".join(f"{trial.profile}: {trial.refused or 'unfit'}" for trial in trials),
            "check the driver and the container's graphics capability, see docs/image.md",
        )


def _cells(trial: "ProfileTrial") -> list[Text | str]:
    if trial.renderer is None:
        return ["", "", "", Text(trial.refused, "dim")]
    after = trial.aftermath
    again = "other pictures" if trial.differing else "the same"
    killed = "there is none"
    if after is not None:
        noticed = "noticed" if after.is_noticed else "NOT noticed"
        killed = f"{noticed}; a new browser {'repeats' if after.is_repeated else 'DIFFERS'}"
    return [f"{trial.takes_per_min:.0f}", again, killed, Text(trial.renderer)]
