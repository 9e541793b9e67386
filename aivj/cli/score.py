"""`aivj score`: packs' quality files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out, say
from aivj.cli.learning_options import PacksOption, PresetFeaturesOption, finite, split_names
from aivj.cli.next_steps import gpu_option, say_next

if TYPE_CHECKING:
    from aivj.settings import Settings


def score(
    context: typer.Context,
    packs: PacksOption,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint", help="safetensors or pth. Default: the last one of `aivj train`."
        ),
    ] = None,
    preset_features: PresetFeaturesOption = None,
    run_id: Annotated[
        str | None,
        typer.Option("--run-id", help="MLflow run of the training, if not the checkpoint's own."),
    ] = None,
    min_quality_std: Annotated[
        float, typer.Option("--min-quality-std", min=0, max=0.5, callback=finite)
    ] = 0.03,
    calibrate_std: Annotated[
        float | None,
        typer.Option(
            "--score-calibrate-std",
            min=0,
            max=0.5,
            callback=finite,
            help="Stretch bunched scores to this deviation, in order.",
        ),
    ] = None,
) -> None:
    """Score the pairs of packs into pairs-quality.v0.json, beside their manifests.

    Nothing is written if the scores of one pack are too much alike.
    Example: aivj score --pack mine --pack yours
    """
    say("loading torch")
    from aivj.coupling.served_files import CHECKPOINT_NAME
    from aivj.pipeline.scoring import ScoreRequest
    from aivj.pipeline.scoring import score as run_score

    settings: Settings = context.obj
    default = settings.coupling_dir / "models" / CHECKPOINT_NAME
    request = ScoreRequest(
        checkpoint_path=checkpoint or default,
        packs=split_names(packs),
        packs_root=settings.packs_root,
        feature_store=settings.feature_store,
        preset_features=preset_features,
        min_quality_std=min_quality_std,
        calibrate_std=calibrate_std,
        run_id=run_id,
    )
    for quality, path in run_score(request, say):
        stats, judgement = quality.quality_stats, quality.provenance.judgement
        if judgement is not None:
            out.print(judgement.sentence)
        out.print(
            f"{len(quality.pairs)} pairs, std {stats.std:.4f}, p50 {stats.p50:.3f}, "
            f"{quality.stats.missing_files} without files: {path}"
        )
    evidence = settings.home / "verify" / request.packs[0]
    say_next(context, "verify", "--pack", request.packs[0], *gpu_option(), "--out-dir", evidence)
