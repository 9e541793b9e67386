"""`aivj doctor`: what AIVJ finds on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import (
    BucketOption,
    GpuOrAutoOption,
    TrackingOption,
    WorkersOption,
    num_workers_or_default,
)
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
    pack: Annotated[
        list[str] | None,
        typer.Option(*("--pack", "--packs"), help="Also look at this pack; repeatable."),
    ] = None,
    elite_dir: Annotated[
        Path | None, typer.Option("--elite-dir", help="And at this elite list.")
    ] = None,
    audio: Annotated[
        str, typer.Option("--audio", help="And at this music: groove, click, a file, a folder.")
    ] = "groove",
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", help="And at this Ray cluster.")
    ] = None,
    num_workers: WorkersOption = None,
    actor_cpus: Annotated[
        float,
        typer.Option("--actor-cpus", min=0.01, max=1000, help="CPUs of each browser there."),
    ] = 1.0,
    actor_gpus: Annotated[
        float,
        typer.Option(
            "--actor-gpus", min=0, max=1000, help="GPUs of each there: whole, or 1/n of one."
        ),
    ] = 0.0,
    browser_slots: Annotated[
        float,
        typer.Option(
            "--browser-slots", min=0, max=1000, help="Of browser_slot for each browser there."
        ),
    ] = 1.0,
) -> None:
    """Examine this machine: programs, packages, disk, CUDA, and the renderer of a real browser.

    Looks also at what a night would use: music, memory, MLflow, the clock, whether the
    machine falls asleep; and at whatever is named.

    On a GPU node: aivj doctor --gpu require

    Before a night: aivj doctor --gpu require --pack mine --audio ~/music --bucket s3://live/public

    A cluster: aivj doctor --ray-address 10.0.0.1:6379 --workers 32 --actor-gpus 0.25

    What each launch profile is worth there: aivj doctor --gpu require --matrix
    """
    from aivj.doctor import Prospects, examine, look_ahead, require_all

    settings: Settings = context.obj
    if matrix:
        _try_profiles(settings, gpu, presets)
        return
    with working("looking at this machine"):
        examination = examine(settings.home, gpu)
        is_software = examination.renderer is None or examination.renderer.report.is_software
        num_workers = num_workers_or_default(num_workers, is_software=is_software)
        ahead = look_ahead(
            Prospects(
                home=settings.home,
                packs_root=settings.packs_root,
                packs=pack or (),
                libraries=(),
                elite_dir=elite_dir,
                audio=audio,
                trains=False,
                allow_cpu=True,
                bucket_uri=bucket,
                tracking_uri=tracking_uri or settings.tracking_uri,
                num_presets=0,
                num_workers=num_workers,
            )
        )
        if ray_address is not None:
            from aivj.pipeline.pool_examination import Actors, examine_pool

            actors = Actors(num_workers, actor_cpus, actor_gpus, browser_slots)
            ahead.append(examine_pool(ray_address, actors))
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in (*examination.findings, *ahead):
        table.add_row(_MARKS[finding.state], finding.name, finding.found, finding.remedy)
    out.print(table)
    examination.require_health()
    require_all(ahead)
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
