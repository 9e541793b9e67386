"""`aivj report`: a run as one page, with pictures and figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next

if TYPE_CHECKING:
    from aivj.settings import Settings


def report(
    context: typer.Context,
    run_dir: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="Folder of the run, the --out-dir of its sampling."),
    ],
    write: Annotated[
        Path | None, typer.Option("--write", help="The page. Default: report.html in the run.")
    ] = None,
    packs_root: Annotated[
        Path | None,
        typer.Option("--packs-root", help="Look names and scores up here. Default: <home>/public."),
    ] = None,
) -> None:
    """Show a run as one page: pictures, figures, failures, and every rule it keeps or breaks.

    Takes runs of the stage, of a runtime's page, and of the runtime's own sampler. Ends with 0
    whatever the page says; `aivj check-run` judges.

    Example: aivj report var/runs/mine
    """
    settings: Settings = context.obj
    with working("reading the run"):
        from aivj.pipeline.run_report import write_run_report

        path = write_run_report(run_dir, write, packs_root=packs_root or settings.packs_root)
    out.print(str(path), markup=False)
    say_next(context, "runs", why="how each run here stands")
