"""Options that several verbs share, spelled once."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

Gpu = Literal["require", "software"]
GpuOrAuto = Literal["require", "software", "auto"]
Profile = Literal["headed-vulkan", "headless-egl", "software-egl", "software-swiftshader"]
ExecutorKind = Literal["ray", "in-process"]

PackOption = Annotated[
    str, typer.Option("--pack", help="Name of the pack, a folder below public/presets.")
]
# Only for looking: what measures for real is told which renderer it shall have.
GpuOrAutoOption = Annotated[
    GpuOrAuto,
    typer.Option(
        "--gpu",
        envvar="AIVJ_GPU",
        help="require, software, or auto: a GPU where one is proved, else software, said aloud.",
    ),
]
ProfileOption = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        help="Launch profile, instead of trying those that fit --gpu.",
    ),
]
HeadedOption = Annotated[
    bool, typer.Option("--headed", help="Software profiles: open a window on an own Xvfb.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Browsers at a time. Default: one a core, 4 on a GPU."),
]
ExecutorOption = Annotated[
    ExecutorKind, typer.Option("--executor", help="Where browsers run: Ray actors, or here.")
]
RayAddressOption = Annotated[
    str | None,
    typer.Option("--ray-address", help="Join this Ray cluster (`auto` inside a job)."),
]
AllowCpuOption = Annotated[
    bool,
    typer.Option(
        "--allow-cpu",
        envvar="AIVJ_ALLOW_CPU",
        help="Train on the CPU where there is no CUDA device.",
    ),
]
TrackingOption = Annotated[
    str | None,
    typer.Option("--tracking-uri", help="MLflow server. Default: sqlite below the home folder."),
]
BucketOption = Annotated[
    str | None,
    typer.Option("--bucket", help="file:///DIR or s3://BUCKET/PREFIX. Default: <home>/bucket."),
]
VerifiedPageOption = Annotated[
    str | None,
    typer.Option("--url", help="Another page than the own player. Also: VERIFY_URL."),
]
VerifiedLibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library", help="Library of single presets to look at. Also: VERIFY_PRESET_LIBRARY."
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes.")]

OutDirOption = Annotated[Path | None, typer.Option("--out-dir", "--outDir", help="Where to write.")]

MAX_PAIRS = 1_000_000
"""More than anybody has presets for."""

_WORKERS_ON_A_GPU = 4


def num_workers_or_default(num_workers: int | None, *, is_software: bool) -> int:
    """Returns how many browsers to run at a time."""
    if num_workers is not None:
        return num_workers
    return (os.cpu_count() or 1) if is_software else _WORKERS_ON_A_GPU
