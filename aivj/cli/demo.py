"""`aivj demo`: the whole loop on real presets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from aivj.cli.console import err, out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import (
    MAX_PAIRS,
    BucketOption,
    GpuOrAutoOption,
    SeedOption,
    TrackingOption,
    WorkersOption,
    num_workers_or_default,
)
from aivj.cli.tracking import typed_command
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.contracts.demo_summary import StageSummary
    from aivj.settings import Settings

Pairing = Literal["best", "random"]

PROJECTM_PRESETS = Path("/usr/share/projectM/presets")


def demo(
    context: typer.Context,
    presets: Annotated[
        Path, typer.Option("--presets", help="Folder of .milk files to draw from.")
    ] = PROJECTM_PRESETS,
    pairs: Annotated[
        int, typer.Option("--pairs", min=2, max=MAX_PAIRS, help="Pairs to draw.")
    ] = 32,
    pairing: Annotated[
        Pairing,
        typer.Option("--pairing", help="Half of them the best of all pairs, or all as they come."),
    ] = "best",
    seed: SeedOption = 0,
    gpu: GpuOrAutoOption = "auto",
    workers: WorkersOption = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Measure again what an earlier demo measured.")
    ] = False,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Draw, render, measure, learn, score, check and promote a small pack, and show it.

    Trains on the CPU where there is no CUDA device, and says so. Called again, it goes on from
    where it was, or only repeats what is cheap.

    Example: aivj demo --presets ~/milkdrop --pairs 64 --seed 7
    """
    settings: Settings = context.obj
    if not presets.is_dir():
        raise InputError(
            f"a folder of .milk files at {presets}",
            "nothing there",
            "install projectm-data (`make setup`), or say --presets DIR",
        )
    with working("loading torch, Ray and MLflow"):
        from aivj.pipeline.demo import run_demo
        from aivj.pipeline.demo_report import write_demo_report
        from aivj.pipeline.demo_request import DemoRequest

    request = DemoRequest(
        home=settings.home,
        presets=presets,
        packs_root=settings.packs_root,
        conversion_cache=settings.conversion_cache,
        takes_uri=settings.takes_uri,
        feature_store=settings.feature_store,
        tracking_uri=tracking_uri or settings.tracking_uri,
        bucket_uri=bucket or settings.bucket_uri,
        num_workers=lambda is_software: num_workers_or_default(workers, is_software=is_software),
        num_pairs=pairs,
        pairing=pairing,
        seed=seed,
        gpu=gpu,
        fresh=fresh,
        command=typed_command(),
    )
    with StageProgress() as progress:
        result = run_demo(request, progress)
    summary = write_demo_report(result)
    counts = summary.pairs
    out.print(
        f"\n{counts.measured} of {counts.target} pairs measured, {counts.failed} failed; "
        f"score std {summary.figures['quality_std']:.3f}; verified; promoted to "
        f"{summary.artifacts['bucket']}"
    )
    out.print(f"report   {summary.artifacts['report']}")
    out.print(f"summary  {summary.artifacts['summary']}")
    say_next(context, "serve", "--pack", summary.pack)


class StageProgress:
    """Shows the stages as they run: a bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("  {task.description:<8}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task: TaskID | None = None
        self._name = ""
        self._last_tenth = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._name, self._last_tenth = stage, 0
        self._task = self._progress.add_task(stage, total=None, count="")

    def progress(self, num_done: int, num_total: int) -> None:
        """The stage has come so far."""
        count = f"{num_done}/{num_total}"
        if self._task is not None:
            self._progress.update(self._task, completed=num_done, total=num_total, count=count)
        tenth = 10 * num_done // max(1, num_total)
        if tenth < self._last_tenth:
            self._last_tenth = 0  # a stage that converts, then draws, counts twice
        if self._progress.disable and tenth > self._last_tenth:
            self._last_tenth = tenth
            err.print(f"  {self._name:<8} {count}")

    def notice(self, text: str) -> None:
        """Says something that the user must know."""
        err.print(f"[yellow]note[/]      {text}")

    def end(self, stage: "StageSummary") -> None:
        """The stage has ended."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = None
        err.print(f"[green]done[/]      {stage.name:<8} {stage.duration_s:6.1f} s  {stage.result}")
