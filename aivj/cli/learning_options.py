"""Options of the verbs that learn: what from, and how. Some have the older trainer's names too."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from aivj.pipeline.labels import LabelRequest

PacksOption = Annotated[
    list[str],
    typer.Option(*("--pack", "--packs"), help="Pack; several by comma or repeated."),
]
EvalJsonlOption = Annotated[
    list[Path] | None, typer.Option("--extra-eval-jsonl", help="Measurements; repeatable.")
]
EliteDirOption = Annotated[
    Path | None, typer.Option("--elite-dir", help="Elite list: a folder or its manifest.")
]
PreferencesOption = Annotated[
    list[Path] | None,
    typer.Option("--preferences", help="Judgements that `aivj prefer` wrote; repeatable."),
]
PresetFeaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--preset-features", help="Parquet or Arrow table of more features, by content_hash."
    ),
]
MixRenderersOption = Annotated[
    bool, typer.Option("--mix-renderers", help="Accept rows of several renderer classes.")
]
EvalTargetOption = Annotated[
    Literal["compat", "v1"],
    typer.Option("--eval-target", help="compat: for rows of other drivers than the stage."),
]
EpochsOption = Annotated[int, typer.Option("--epochs", min=1, help="At most.")]
EarlyStoppingOption = Annotated[
    bool,
    typer.Option(
        "--early-stopping/--all-epochs", help="Stop where families that are not seen fare best."
    ),
]
LearningRateOption = Annotated[float, typer.Option("--learning-rate")]
WeightDecayOption = Annotated[float, typer.Option("--weight-decay", min=0)]
DropoutOption = Annotated[float, typer.Option("--dropout", min=0, max=0.99)]
EvalWeightOption = Annotated[float, typer.Option("--extra-eval-weight", min=0)]
NegWeightOption = Annotated[float, typer.Option("--neg-weight", min=0)]
BatchSizeOption = Annotated[int, typer.Option("--batch-size", min=1)]
NegSamplesOption = Annotated[int, typer.Option("--neg-samples", min=0)]
NegDistanceOption = Annotated[int, typer.Option("--neg-min-pair-distance", min=1)]


def finite(value: float | None) -> float | None:
    """Refuses what a range of the command line lets through: a number that is none.

    Raises:
        BadParameter: It is NaN or infinite.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


def split_names(names: list[str]) -> list[str]:
    """Returns the names of an option that takes several by comma or repeated."""
    return [part.strip() for name in names for part in name.split(",") if part.strip()]


def label_words(labels: "LabelRequest") -> list[str]:
    """Returns the options that name these labels again."""
    named = {
        "--pack": labels.packs,
        "--extra-eval-jsonl": labels.eval_paths,
        "--elite-dir": [] if labels.elite_dir is None else [labels.elite_dir],
        "--preferences": labels.preference_paths,
        "--preset-features": [] if labels.preset_features is None else [labels.preset_features],
    }
    words = [word for name, values in named.items() for v in values for word in (name, str(v))]
    return [*words, "--mix-renderers"] if labels.mix_renderers else words


def cpu_words(*, allow_cpu: bool) -> list[str]:
    """Returns the option that was given, for the next command."""
    return ["--allow-cpu"] if allow_cpu else []
