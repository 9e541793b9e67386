"""`aivj verify`: a scored pack, checked in the player."""

from typing import Annotated

import typer

from aivj.cli.console import out
from aivj.cli.options import GpuOption, OutDirOption, PackOption, ProfileOption, SeedOption
from aivj.cli.sample import announce_renderer, local_stamp
from aivj.errors import GateError
from aivj.settings import Settings

_MARKS = {True: "[green]passed[/]", False: "[red]failed[/]", None: "not applicable"}


def verify(
    context: typer.Context,
    pack: PackOption,
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    headed: Annotated[bool, typer.Option("--headed", help="Open a window on an own Xvfb.")] = False,
    seed: SeedOption = 0,
    out_dir: OutDirOption = None,
) -> None:
    """Open the player on a pack and check that it draws and that the scores work.

    Example: aivj verify --pack mine --gpu software
    """
    from aivj.pipeline.rendering import RenderOptions, prove_renderer
    from aivj.pipeline.verification import verify as run_verify

    settings: Settings = context.obj
    folder = out_dir or settings.home / "artifacts" / "headless" / local_stamp()
    choice = prove_renderer(RenderOptions(gpu=gpu, profile=profile, headed=headed))
    announce_renderer(choice)
    report = run_verify(
        pack,
        packs_root=settings.packs_root,
        conversion_cache=settings.conversion_cache,
        choice=choice,
        out_dir=folder,
        seed=seed,
    )
    for name, check in report.checks.items():
        out.print(f"{_MARKS[check.ok]:<24} {name}  {check.reason}")
    out.print(f"{report.verdict}: {folder}")
    if not report.passed:
        raise GateError(
            "every required check to pass",
            ", ".join(report.failed_checks),
            f"look at the evidence in {folder}",
        )
