"""`aivj demo`: the whole loop on real presets, as a night of the profile `demo`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aivj.cli.line import Given, Line, Stage
from aivj.cli.options import (
    MAX_PAIRS,
    BucketOption,
    GpuOrAutoOption,
    SeedOption,
    TrackingOption,
    WorkersOption,
)
from aivj.cli.verb import Verb
from aivj.errors import InputError
from aivj.packs.scan import PROJECTM_PRESETS

if TYPE_CHECKING:
    from collections.abc import Mapping

Pairing = Literal["best", "random"]


class DemoVerb(Verb):
    """A verb that is another one."""

    is_of_verbs = True


def demo(
    context: typer.Context,
    presets: Annotated[
        Path, typer.Option("--presets", help="Folder of .milk files to draw from.")
    ] = PROJECTM_PRESETS,
    pairs: Annotated[
        int, typer.Option("--pairs", min=2, max=MAX_PAIRS, help="Pairs to draw.")
    ] = 32,
    pairing: Annotated[
        Pairing,
        typer.Option("--pairing", help="Half of them the best of all pairs, or all as they come."),
    ] = "best",
    seed: SeedOption = 0,
    gpu: GpuOrAutoOption = "auto",
    num_workers: WorkersOption = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Measure again what an earlier demo measured.")
    ] = False,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Draw, render, measure, learn, score, check and promote a small pack, and show it.

    It is `aivj night --profile demo`, which has more options. Trains on the CPU where there is no
    CUDA device, and says so. Called again, it goes on from where it was, or only repeats what is
    cheap.

    Example: aivj demo --presets ~/milkdrop --pairs 64 --seed 7
    """
    if not presets.is_dir():
        raise InputError(
            f"a folder of .milk files at {presets}",
            "nothing there",
            "install projectm-data (`make setup`), or say --presets DIR",
        )
    said: Mapping[str, object] = {
        "--presets": presets,
        "--pairs": pairs,
        "--pairing": pairing,
        "--seed": seed,
        "--gpu": gpu,
        "--workers": num_workers,
        "--bucket": bucket,
        "--tracking-uri": tracking_uri,
    }
    words = [f"{name}={value}" for name, value in said.items() if value is not None]
    night = Stage("demo", ("night",), ("--profile=demo", *words, *(["--fresh"] if fresh else [])))
    Line.of(context, night, Given({}, (), {})).run()
