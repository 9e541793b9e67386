"""`aivj score`: packs' quality files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from aivj.cli.console import out, say
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.studio import takes_uri

if TYPE_CHECKING:
    from aivj.pipeline.requests import ScoreRequest
    from aivj.settings import Settings


def _last_checkpoint(settings: "Settings", _given: Mapping[str, Any]) -> Path:
    from aivj.coupling.served_files import CHECKPOINT_NAME

    return settings.coupling_dir / "models" / CHECKPOINT_NAME


@takes(
    request=From(
        "aivj.pipeline.requests:ScoreRequest",
        defaults={"checkpoint_path": _last_checkpoint, "takes_uri": takes_uri},
    )
)
def score(context: typer.Context, request: "ScoreRequest") -> None:
    """Score the pairs of packs into pairs-quality.v0.json, beside their manifests.

    Nothing is written if the scores of one pack are too much alike.
    Example: aivj score --pack mine --pack yours
    """
    say("loading torch")
    from aivj.pipeline.scoring import score as run_score

    settings: Settings = context.obj
    for quality, path in run_score(request, say):
        stats, judgement = quality.quality_stats, quality.provenance.judgement
        if judgement is not None:
            out.print(judgement.sentence)
        out.print(
            f"{len(quality.pairs)} pairs, std {stats.std:.4f}, p50 {stats.p50:.3f}, "
            f"{quality.stats.missing_files} without files: {path}"
        )
        kept = quality.stats.target_spearman
        if kept is not None:
            out.print(f"rank correlation with the measured target {kept:.3f}: the rest is taste")
    evidence = settings.home / "verify" / request.packs[0]
    say_next(context, "verify", "--pack", request.packs[0], *gpu_option(), "--out-dir", evidence)
