"""`aivj report`: a run as one page, with pictures and figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import BucketOption, TrackingOption
from aivj.cli.places import here
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.pipeline.night_report import NightOnDisk
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
    night: Annotated[
        Path | None,
        typer.Option(
            "--night",
            help="Folder of the night that it is the run of, of one pack that was promoted: its "
            "stages, fit and verification are shown too.",
        ),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            "--summary",
            help="With --night: its figures as JSON, compared with every file and place that it "
            "names. Default: summary.json beside the page.",
        ),
    ] = None,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Show a run as one page: pictures, figures, failures, and every rule it keeps or breaks.

    Takes runs of the stage, of a runtime's page, and of the runtime's own sampler. Ends with 0
    whatever the page says; `aivj check-run` judges. With --night it ends with 7 if what the night
    left contradicts itself.

    Example: aivj report var/runs/mine

    A whole night: aivj report RUN --night var/artifacts/nights/2026-03-01_010000
    """
    settings: Settings = context.obj
    if night is not None:
        page = write or night / "report.html"
        _show_night(
            _night_at(settings, night, run_dir, bucket, tracking_uri),
            page,
            summary or page.with_name("summary.json"),
        )
        return
    with working("reading the run"):
        from aivj.pipeline.run_report import write_run_report

        path = write_run_report(run_dir, write, packs_root=packs_root or settings.packs_root)
    out.print(str(path), markup=False)
    say_next(context, "runs", why="how each run here stands")


def _night_at(
    settings: "Settings",
    folder: Path,
    run: Path,
    bucket: str | None,
    tracking_uri: str | None,
) -> "NightOnDisk":
    """Returns a night, and where what it left is at hand.

    Raises:
        InputError: There is none in the folder, or it is of several packs.
    """
    from aivj.contracts.night import read_night
    from aivj.pipeline.night_report import NightOnDisk
    from aivj.storage import open_folder

    record = read_night(open_folder(str(folder)))
    if record is None or len(record.packs) != 1:
        raise InputError(
            f"a night of one pack in {folder}",
            "none" if record is None else f"one of {len(record.packs)}",
            "name the folder of a night, below <home>/artifacts/nights",
        )
    (pack,), places = record.packs, record.places
    return NightOnDisk(
        record=record,
        run=run,
        checkpoint=here(settings, places["checkpoint"]),
        quality=here(settings, places[f"quality {pack}"]),
        verified=here(settings, places[f"verify {pack}"]),
        elite=folder / "elite",
        bucket_uri=bucket or settings.bucket_uri,
        tracking_uri=tracking_uri or settings.tracking_uri,
        packs_root=settings.packs_root,
    )


def _show_night(night: "NightOnDisk", page: Path, summary: Path) -> None:
    with working("reading what the night left"):
        from aivj.pipeline.night_report import write_night_report

        told = write_night_report(night, page, summary)
    counts = told.pairs
    out.print(
        f"{counts.measured} of {counts.target} pairs measured, {counts.failed} failed; score std "
        f"{told.figures['quality_std']:.3f}; verified; promoted to {told.artifacts['bucket']}"
    )
    out.print(f"report   {page}", markup=False)
    out.print(f"summary  {summary}", markup=False)
