"""`aivj sweep`: which weights and sizes serve best."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, out, say
from aivj.cli.learning_options import (
    BatchSizeOption,
    EliteDirOption,
    EvalJsonlOption,
    EvalTargetOption,
    MixRenderersOption,
    NegDistanceOption,
    NegSamplesOption,
    PacksOption,
    PreferencesOption,
    PresetFeaturesOption,
    split_names,
)
from aivj.cli.learning_run import run_name
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import (
    AllowCpuOption,
    OutDirOption,
    RayAddressOption,
    SeedOption,
    TrackingOption,
)
from aivj.cli.tracking import open_tracker, tell_waiting

if TYPE_CHECKING:
    from aivj.settings import Settings


def sweep(
    context: typer.Context,
    packs: PacksOption,
    extra_eval_jsonl: EvalJsonlOption = None,
    elite_dir: EliteDirOption = None,
    preferences: PreferencesOption = None,
    preset_features: PresetFeaturesOption = None,
    configs: Annotated[
        int, typer.Option("--configs", min=1, max=100_000, help="Configurations.")
    ] = 256,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, max=1000, help="Repetitions of each.")
    ] = 3,
    trials: Annotated[
        int,
        typer.Option(
            "--trials", min=1, max=10_000, help="Structures; configurations are dealt to them."
        ),
    ] = 8,
    concurrent: Annotated[
        int | None,
        typer.Option("--concurrent", min=1, max=1024, help="Trials at a time. Default: cores."),
    ] = None,
    output_dir: OutDirOption = None,
    batch_size: BatchSizeOption = 128,
    eval_target: EvalTargetOption = "v1",
    neg_samples: NegSamplesOption = 5000,
    neg_min_pair_distance: NegDistanceOption = 50,
    seed: SeedOption = 0,
    allow_cpu: AllowCpuOption = False,
    mix_renderers: MixRenderersOption = False,
    ray_address: RayAddressOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Search weights and sizes on Ray Tune; the winner's scores become candidates.

    Judged by held-out labels of people and measurements, which no swept weight can flatter.
    Example: aivj sweep --pack mine --extra-eval-jsonl RUN/eval.jsonl --elite-dir ELITE
    """
    say("loading torch and MLflow")
    from aivj.coupling.config import FitConfig
    from aivj.coupling.device import choose_device
    from aivj.fleet.sweep import SweepPlan
    from aivj.pipeline.labels import LabelRequest
    from aivj.pipeline.sweeping import SweepRequest, crown
    from aivj.pipeline.sweeping import sweep as run_sweep

    settings: Settings = context.obj
    names = split_names(packs)
    request = SweepRequest(
        labels=LabelRequest(
            packs=names,
            packs_root=settings.packs_root,
            feature_store=settings.feature_store,
            eval_paths=extra_eval_jsonl or [],
            elite_dir=elite_dir,
            preference_paths=preferences or [],
            preset_features=preset_features,
            mix_renderers=mix_renderers,
        ),
        config=FitConfig.of(
            batch_size=batch_size,
            eval_target=eval_target,
            neg_samples=neg_samples,
            neg_min_pair_distance=neg_min_pair_distance,
            early_stopping=False,
            seed=seed,
        ),
        plan=SweepPlan(configs, seeds, trials, concurrent or os.cpu_count() or 1),
        output_dir=output_dir or settings.coupling_dir / "sweep",
        allow_cpu=allow_cpu,
        ray_address=ray_address,
    )
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=allow_cpu)
    tracker = open_tracker(settings, tracking_uri, "sweep")
    name = run_name("sweep", names, f"{configs} configurations {seeds} seeds")
    with tracker.start(name, params={}, tags={"packs": ",".join(names)}) as run:
        with bar("trials") as progress:
            outcome = run_sweep(request, tracker, run, progress.update, say)
        winner = outcome.winner
        out.print(f"best of {len(outcome.results)}: {winner.objective:.3f} ± {winner.spread:.3f}")
        crowned = (
            "scores, of no version while the server is away" if tracker.is_away else "candidate"
        )
        for path in crown(request, winner, tracker, run, say):
            out.print(f"{crowned}: {path}")
    out.print(f"{outcome.page_path}  (MLflow run {run.run_id})")
    tell_waiting(tracker)
    evidence = settings.home / "verify" / names[0]
    say_next(context, "verify", "--pack", names[0], *gpu_option(), "--out-dir", evidence)
