"""`aivj score`: a pack's quality file."""

from pathlib import Path
from typing import Annotated

import typer

from aivj.cli.console import out
from aivj.cli.options import PackOption
from aivj.settings import Settings


def score(
    context: typer.Context,
    pack: PackOption,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", help="Default: the last one that `aivj train` made."),
    ] = None,
    run_id: Annotated[
        str | None, typer.Option("--run-id", help="MLflow run of the training, for provenance.")
    ] = None,
    min_quality_std: Annotated[float, typer.Option("--min-quality-std", min=0)] = 0.03,
    calibrate_std: Annotated[
        float | None,
        typer.Option(
            "--score-calibrate-std", help="Stretch bunched scores to this deviation, in order."
        ),
    ] = None,
) -> None:
    """Score the pairs of a pack into pairs-quality.v0.json, beside its manifest.

    Example: aivj score --pack mine
    """
    from aivj.pipeline.scoring import score as run_score

    settings: Settings = context.obj
    models = settings.home / "outputs" / "coupling" / "models"
    quality, path = run_score(
        checkpoint or models / "coupling_net_final.safetensors",
        pack=pack,
        packs_root=settings.packs_root,
        min_quality_std=min_quality_std,
        calibrate_std=calibrate_std,
        run_id=run_id,
    )
    stats = quality.quality_stats
    out.print(
        f"{len(quality.pairs)} pairs, std {stats.std:.4f}, p50 {stats.p50:.3f}, "
        f"{quality.stats.missing_files} without files: {path}"
    )
