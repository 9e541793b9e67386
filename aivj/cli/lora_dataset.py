"""`aivj lora-dataset`: what a tower is taught by, as other trainers read it."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, out, say
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.head import ClustersOption
from aivj.cli.model_options import From, takes
from aivj.cli.options import OutDirOption
from aivj.cli.places import shown

if TYPE_CHECKING:
    from aivj.contracts.lora_trainlists import TargetLimits
    from aivj.settings import Settings


@takes(limits=From("aivj.contracts.lora_trainlists:TargetLimits"))
def lora_dataset(
    context: typer.Context,
    limits: "TargetLimits",
    pack: PackIfGivenOption = None,
    clusters: ClustersOption = None,
    out_dir: OutDirOption = None,
    max_frames: Annotated[
        int,
        typer.Option(
            "--max-frames", "--maxFrames", min=1, max=200, help="Pictures of a preset at most."
        ),
    ] = 3,
) -> None:
    """Write pictures and captions for other trainers of adapters: dataset/cluster-cNN.

    A caption says cluster and energy. Which presets are in it is written to lora-trainlists, as
    `aivj lora` does; dark, blown, still and deaf ones are not. No GPU is needed.

    Example: aivj lora-dataset --pack mine
    """
    from aivj.pipeline.lora_dataset import DATASET_FOLDER, choose_targets, write_lora_dataset

    settings: Settings = context.obj
    folder = artifacts_of(settings, pack, out_dir)
    targets = choose_targets(folder, clusters, limits)
    say(targets.told())
    with bar("writing") as progress:
        num = write_lora_dataset(folder, targets, limits, max_frames, progress.update)
    out.print(f"{num} pictures with captions: {shown(context, folder / DATASET_FOLDER)}")
