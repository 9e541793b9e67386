"""`aivj preset-features`: what runs measured of single presets, as a table to learn from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out
from aivj.cli.next_steps import say_next
from aivj.cli.options import PacksOption

if TYPE_CHECKING:
    from aivj.settings import Settings


def preset_features(
    context: typer.Context,
    packs: PacksOption,
    eval_jsonl: Annotated[list[Path], typer.Option("--eval-jsonl", help="Runs; repeatable.")],
    path: Annotated[
        Path | None,
        typer.Option("--out", help="Default: <home>/outputs/coupling/preset-features.parquet."),
    ] = None,
) -> None:
    """Write luma, motion and response of each measured preset, for --preset-features.

    Example: aivj preset-features --pack mine --eval-jsonl var/runs/mine/eval.jsonl
    """
    from aivj.pipeline.measuring import write_preset_measurements
    from aivj.pipeline.requests import split_names

    settings: Settings = context.obj
    names = split_names(packs)
    target = path or settings.coupling_dir / "preset-features.parquet"
    num_presets = write_preset_measurements(
        target,
        packs=names,
        packs_root=settings.packs_root,
        feature_store=settings.feature_store,
        eval_paths=eval_jsonl,
    )
    out.print(f"{num_presets} presets: {target}")
    say_next(context, "train", "--pack", ",".join(names), "--preset-features", target)
