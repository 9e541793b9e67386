"""`aivj evaluate`: the net and its baselines on families that none of them saw."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, out, say
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
    cpu_words,
    label_words,
    split_names,
)
from aivj.cli.learning_run import run_name
from aivj.cli.next_steps import say_next
from aivj.cli.options import AllowCpuOption, OutDirOption, SeedOption, TrackingOption
from aivj.cli.tracking import open_tracker, tell_waiting

if TYPE_CHECKING:
    from aivj.pipeline.evaluating import EvaluateOutcome
    from aivj.settings import Settings


def evaluate(
    context: typer.Context,
    packs: PacksOption,
    extra_eval_jsonl: EvalJsonlOption = None,
    elite_dir: EliteDirOption = None,
    preferences: PreferencesOption = None,
    preset_features: PresetFeaturesOption = None,
    folds: Annotated[
        int, typer.Option("--folds", min=2, max=100, help="Parts of the families.")
    ] = 3,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Repetitions.")] = 5,
    output_dir: OutDirOption = None,
    epochs: EpochsOption = 20,
    early_stopping: EarlyStoppingOption = True,
    batch_size: BatchSizeOption = 256,
    learning_rate: LearningRateOption = 1e-3,
    weight_decay: WeightDecayOption = 1e-4,
    dropout: DropoutOption = 0.1,
    eval_target: EvalTargetOption = "v1",
    extra_eval_weight: EvalWeightOption = 0.35,
    neg_samples: NegSamplesOption = 50_000,
    neg_weight: NegWeightOption = 0.20,
    neg_min_pair_distance: NegDistanceOption = 50,
    seed: SeedOption = 0,
    allow_cpu: AllowCpuOption = False,
    mix_renderers: MixRenderersOption = False,
    tracking_uri: TrackingOption = None,
) -> None:
    """Judge the net beside a constant, the luma rule, logistic regression and boosted trees.

    Families are held out whole, so that no remix leaks; the net says so if it does not beat trees.
    Example: aivj evaluate --pack mine --extra-eval-jsonl RUN/eval.jsonl --elite-dir ELITE
    """
    say("loading torch and MLflow")
    from aivj.coupling.config import FitConfig
    from aivj.coupling.device import choose_device
    from aivj.pipeline.evaluating import EvaluateRequest
    from aivj.pipeline.evaluating import evaluate as run_evaluate
    from aivj.pipeline.labels import LabelRequest

    settings: Settings = context.obj
    names = split_names(packs)
    request = EvaluateRequest(
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
            epochs=epochs,
            early_stopping=early_stopping,
            batch_size=batch_size,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            dropout=dropout,
            eval_target=eval_target,
            extra_eval_weight=extra_eval_weight,
            neg_samples=neg_samples,
            neg_weight=neg_weight,
            neg_min_pair_distance=neg_min_pair_distance,
            seed=seed,
        ),
        output_dir=output_dir or settings.coupling_dir / "evaluation",
        num_folds=folds,
        num_seeds=seeds,
        allow_cpu=allow_cpu,
    )
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=allow_cpu)
    tracker = open_tracker(settings, tracking_uri, "evaluate")
    name = run_name("evaluate", names, f"{folds} folds {seeds} seeds")
    with (
        tracker.start(name, params={}, tags={"packs": ",".join(names)}) as run,
        bar("fits") as progress,
    ):
        outcome = run_evaluate(request, run, progress.update, say)
    _print_outcome(outcome)
    tell_waiting(tracker)
    say_next(context, "train", *label_words(request.labels), *cpu_words(allow_cpu=allow_cpu))


def _print_outcome(outcome: "EvaluateOutcome") -> None:
    from rich.table import Table

    from aivj.report.evaluation import TITLES

    for line in outcome.table.verdicts:
        out.print(line)
    table = Table("model", *(title for title, _, _ in TITLES.values()))
    for model, figures in outcome.table.models.items():
        table.add_row(model, *(str(figures[metric]) for metric in TITLES))
    out.print(table)
    out.print(f"{outcome.page_path}")
