"""`aivj train`: the coupling net, fitted to elite lists and runs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aivj.cli.console import bar, err, out
from aivj.cli.options import AllowCpuOption, OutDirOption, SeedOption, TrackingOption
from aivj.settings import Settings


def train(
    context: typer.Context,
    packs: Annotated[list[str], typer.Option("--pack", help="Pack; repeatable.")],
    extra_eval_jsonl: Annotated[
        list[Path] | None, typer.Option("--extra-eval-jsonl", help="Measurements; repeatable.")
    ] = None,
    elite_dir: Annotated[
        Path | None, typer.Option("--elite-dir", help="Elite list: a folder or its manifest.")
    ] = None,
    output_dir: OutDirOption = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1)] = 20,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1)] = 256,
    learning_rate: Annotated[float, typer.Option("--learning-rate")] = 1e-3,
    eval_target: Annotated[
        Literal["compat", "v1"],
        typer.Option("--eval-target", help="compat: for rows of other drivers than the stage."),
    ] = "v1",
    extra_eval_weight: Annotated[float, typer.Option("--extra-eval-weight", min=0)] = 0.35,
    neg_samples: Annotated[int, typer.Option("--neg-samples", min=0)] = 50_000,
    neg_weight: Annotated[float, typer.Option("--neg-weight", min=0)] = 0.20,
    neg_min_pair_distance: Annotated[int, typer.Option("--neg-min-pair-distance", min=1)] = 50,
    seed: SeedOption = 0,
    allow_cpu: AllowCpuOption = False,
    mix_renderers: Annotated[
        bool, typer.Option("--mix-renderers", help="Accept rows of several renderer classes.")
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Ray Train workers; 0 fits in this process.")
    ] = 1,
    tracking_uri: TrackingOption = None,
) -> None:
    """Fit the coupling net and record the fit in MLflow.

    Example: aivj train --pack mine --extra-eval-jsonl var/artifacts/coupled-eval/X/eval.jsonl
    """
    from aivj.coupling.config import FitConfig
    from aivj.pipeline.training import TrainRequest
    from aivj.pipeline.training import train as run_train
    from aivj.release.tracking import Tracker

    settings: Settings = context.obj
    request = TrainRequest(
        packs=packs,
        packs_root=settings.packs_root,
        eval_paths=extra_eval_jsonl or [],
        elite_dir=elite_dir,
        output_dir=output_dir or settings.home / "outputs" / "coupling",
        config=FitConfig(
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            eval_target=eval_target,
            extra_eval_weight=extra_eval_weight,
            neg_samples=neg_samples,
            neg_weight=neg_weight,
            neg_min_pair_distance=neg_min_pair_distance,
            seed=seed,
        ),
        allow_cpu=allow_cpu,
        mix_renderers=mix_renderers,
        num_workers=workers,
    )
    tracker = Tracker(tracking_uri or settings.tracking_uri)
    with tracker.start("train", params={}, tags={"packs": ",".join(packs)}) as run:
        with bar("training") as progress:
            outcome = run_train(request, run, lambda now: progress.update(now.epoch, epochs))
        out.print(f"{outcome.checkpoint_path}  (MLflow run {run.run_id})")
    err.print(outcome.device)
    for note in outcome.notes:
        err.print(f"[yellow]note[/] {note}")
