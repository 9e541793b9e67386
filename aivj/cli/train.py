"""`aivj train`: the coupling net, fitted to elite lists, runs and preferences."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out, say
from aivj.cli.learning_options import (
    BatchSizeOption,
    DropoutOption,
    EarlyStoppingOption,
    EliteDirOption,
    EpochsOption,
    EvalJsonlOption,
    EvalTargetOption,
    EvalWeightOption,
    LearningRateOption,
    MixRenderersOption,
    NegDistanceOption,
    NegSamplesOption,
    NegWeightOption,
    PacksOption,
    PreferencesOption,
    PresetFeaturesOption,
    WeightDecayOption,
    split_names,
)
from aivj.cli.learning_run import run_name
from aivj.cli.next_steps import say_next
from aivj.cli.options import (
    AllowCpuOption,
    OutDirOption,
    RayAddressOption,
    SeedOption,
    TrackingOption,
)
from aivj.cli.tracking import open_tracker, tell_waiting

if TYPE_CHECKING:
    from aivj.pipeline.training import TrainOutcome
    from aivj.settings import Settings


def train(
    context: typer.Context,
    packs: PacksOption,
    extra_eval_jsonl: EvalJsonlOption = None,
    elite_dir: EliteDirOption = None,
    preferences: PreferencesOption = None,
    preset_features: PresetFeaturesOption = None,
    output_dir: OutDirOption = None,
    epochs: EpochsOption = 20,
    early_stopping: EarlyStoppingOption = True,
    batch_size: BatchSizeOption = 256,
    learning_rate: LearningRateOption = 1e-3,
    weight_decay: WeightDecayOption = 1e-4,
    dropout: DropoutOption = 0.1,
    encoder_width: Annotated[int, typer.Option("--encoder-width", min=1)] = 32,
    hidden_width: Annotated[int, typer.Option("--hidden-width", min=1)] = 32,
    eval_target: EvalTargetOption = "v1",
    extra_eval_weight: EvalWeightOption = 0.35,
    preference_weight: Annotated[float, typer.Option("--preference-weight", min=0)] = 0.25,
    neg_samples: NegSamplesOption = 50_000,
    neg_weight: NegWeightOption = 0.20,
    neg_min_pair_distance: NegDistanceOption = 50,
    held_out_share: Annotated[float, typer.Option("--held-out-share", min=0, max=0.9)] = 0.2,
    seed: SeedOption = 0,
    allow_cpu: AllowCpuOption = False,
    mix_renderers: MixRenderersOption = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=0,
            max=1024,
            help="Ray Train workers. Default: 1 with --ray-address, else 0, which fits here.",
        ),
    ] = None,
    ray_address: RayAddressOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Fit the coupling net and record the fit in MLflow.

    Example: aivj train --pack mine --extra-eval-jsonl var/artifacts/coupled-eval/X/eval.jsonl
    """
    say("loading torch and MLflow")
    from aivj.coupling.config import FitConfig
    from aivj.coupling.device import choose_device
    from aivj.pipeline.labels import LabelRequest
    from aivj.pipeline.training import TrainRequest
    from aivj.pipeline.training import train as run_train

    settings: Settings = context.obj
    names = split_names(packs)
    request = TrainRequest(
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
        output_dir=output_dir or settings.coupling_dir,
        config=FitConfig.of(
            epochs=epochs,
            early_stopping=early_stopping,
            batch_size=batch_size,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            dropout=dropout,
            encoder_width=encoder_width,
            hidden_width=hidden_width,
            eval_target=eval_target,
            extra_eval_weight=extra_eval_weight,
            preference_weight=preference_weight,
            neg_samples=neg_samples,
            neg_weight=neg_weight,
            neg_min_pair_distance=neg_min_pair_distance,
            held_out_share=held_out_share,
            seed=seed,
        ),
        allow_cpu=allow_cpu,
        num_workers=int(ray_address is not None) if workers is None else workers,
        ray_address=ray_address,
    )
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=allow_cpu)
    tracker = open_tracker(settings, tracking_uri, "train")
    name = run_name("train", names, f"neg {neg_weight:g} eval {extra_eval_weight:g} seed {seed}")
    with tracker.start(name, params={}, tags={"packs": ",".join(names)}) as run:
        with bar("training") as progress:
            outcome = run_train(request, run, lambda now: progress.update(now.epoch, epochs), say)
        out.print(f"{outcome.checkpoint_path}  (MLflow run {run.run_id})")
    _print_outcome(outcome)
    tell_waiting(tracker)
    chosen = [] if output_dir is None else ["--checkpoint", outcome.checkpoint_path]
    say_next(context, "score", "--pack", ",".join(names), *chosen)


def _print_outcome(outcome: "TrainOutcome") -> None:
    err.print(outcome.device)
    for line in outcome.verdicts:
        err.print(line)
