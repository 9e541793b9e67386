"""What the stages that learn and compare are asked for.

Fields with a description are options of the command line. The others are places that the settings
know: `packs_root`, the folder that `/presets/<pack>/...` URLs resolve below, and `feature_store`,
the folder that keeps features of presets.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.coupling.config import FitConfig
from aivj.coupling.eval_target import EvalTarget
from aivj.fleet.sweep_plan import SweepPlan


def split_names(names: Sequence[str]) -> list[str]:
    """Returns names of which several may stand in one text, separated by commas."""
    return [part.strip() for name in names for part in name.split(",") if part.strip()]


Names = Annotated[Sequence[str], AfterValidator(split_names)]


TAKES_HELP = "Where the takes of scored presets are. Default: <home>/takes."


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelRequest(_Request):
    """Where labels and features come from."""

    packs: Names = Field(description="Pack; several by comma or repeated.")
    packs_root: Path
    feature_store: Path
    eval_paths: Sequence[Path] = Field((), description="Measurements; repeatable.")
    elite_dir: Path | None = Field(None, description="Elite list: a folder or its manifest.")
    preference_paths: Sequence[Path] = Field(
        (), description="Judgements that `aivj prefer` wrote; repeatable."
    )
    preset_features: Path | None = Field(
        None, description="Parquet or Arrow table of more features, by content_hash."
    )
    mix_renderers: bool = Field(
        default=False, description="Accept rows of several renderer classes."
    )


class _FitRequest(_Request):
    labels: LabelRequest
    output_dir: Path = Field(description="Where to write.")
    config: FitConfig
    allow_cpu: bool = Field(
        default=False, description="Train on the CPU where there is no CUDA device."
    )


class TrainRequest(_FitRequest):
    """What to learn from, how, and where `models/` and `training_history.json` are put."""

    num_workers: int = Field(
        1,
        ge=0,
        le=1024,
        description="Ray Train workers. Default: 1 with --ray-address, else 0, which fits here.",
    )
    ray_address: str | None = Field(
        None, description="Join this Ray cluster (`auto` inside a job)."
    )


class EvaluateRequest(_FitRequest):
    """What to judge the net by; the seed of its configuration is the first one."""

    num_folds: int = Field(3, ge=2, le=100, description="Parts of the families.")
    num_seeds: int = Field(5, ge=1, le=1000, description="Repetitions.")


class SweepRequest(_FitRequest):
    """What to search; its configuration is what is not swept, and the first seed."""

    plan: SweepPlan
    takes_uri: str = Field(description=TAKES_HELP)
    ray_address: str | None = Field(
        None, description="Join this Ray cluster (`auto` inside a job)."
    )


class ScoreRequest(_Request):
    """Which net scores which packs."""

    packs: Names = Field(description="Pack; several by comma or repeated.")
    packs_root: Path
    feature_store: Path
    takes_uri: str = Field(description=TAKES_HELP)
    checkpoint_path: Path = Field(
        description="safetensors or pth. Default: the last one of `aivj train`."
    )
    preset_features: Path | None = Field(
        None, description="Parquet or Arrow table of more features, by content_hash."
    )
    run_id: str | None = Field(
        None, description="MLflow run of the training, if not the checkpoint's own."
    )
    min_quality_std: float = Field(
        MIN_QUALITY_STD,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Least standard deviation of a pack's scores.",
    )
    calibrate_std: float | None = Field(
        None,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Stretch bunched scores to this deviation, in order.",
    )


class LabelFiles(_Request):
    """Where the labels of a comparison are read from."""

    eval_jsonl: Sequence[Path] = Field((), description="Measurements; repeatable.")
    elite_dir: Path | None = Field(None, description="Elite list: a folder or its manifest.")
    preferences_path: Path | None = Field(
        None, description="People's judgements, preferences.jsonl."
    )
    eval_target: EvalTarget = Field(
        "v1", description="compat: for rows of other drivers than the stage."
    )
    mix_renderers: bool = Field(
        default=False, description="Accept rows of several renderer classes."
    )


class CompareRequest(_Request):
    """What to compare, and by what."""

    pack: str = Field(description="Name of the pack, a folder below public/presets.")
    packs_root: Path
    candidate_path: Path | None = Field(
        None, description="Scores. Default: pairs-quality.v0.json of the pack."
    )
    champion_path: Path | None = Field(
        None, description="Scores. Default: those that --bucket serves."
    )
    labels: LabelFiles
    candidate_evidence: Path | None = Field(
        None, description="Folder that verifying the candidate wrote."
    )
    champion_evidence: Path | None = Field(
        None, description="The same. Default: the report published with the scores."
    )
    with_trained: bool = Field(
        default=False,
        description="Judge also by pairs that a net was trained on, if that is known.",
    )
    seed: int = Field(0, ge=0, description="Same seed, same bytes.")
    bucket_uri: str = Field(
        description="file:///DIR or s3://BUCKET/PREFIX. Default: <home>/bucket."
    )
