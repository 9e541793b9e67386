"""`aivj head`: a small head on a pack's embeddings that names clusters."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out, say
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.model_options import From, takes
from aivj.cli.options import OutDirOption, TrackingOption
from aivj.cli.tracking import open_tracker, run_name, tell_waiting

if TYPE_CHECKING:
    from aivj.embedding.head import HeadConfig
    from aivj.pipeline.teaching import HeadRequest, Taught
    from aivj.settings import Settings

ClustersOption = Annotated[
    Path | None,
    typer.Option("--clusters", help="A clustering, instead of the folder's clusters.v0.json."),
]


@takes(
    request=From("aivj.pipeline.teaching:HeadRequest"),
    config=From("aivj.embedding.head:HeadConfig"),
)
def head(
    context: typer.Context,
    request: "HeadRequest",
    config: "HeadConfig",
    pack: PackIfGivenOption = None,
    clusters: ClustersOption = None,
    out_dir: OutDirOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Learn a head on a pack's embeddings that names a preset's cluster: head.pt.

    Example: aivj head --pack mine

    Two layers: aivj head --pack mine --kind mlp --hidden 256
    """
    say("loading torch and MLflow")
    from aivj.pipeline.teaching import teach_head

    settings: Settings = context.obj
    folder = artifacts_of(settings, pack, out_dir)
    tracker = open_tracker(settings, tracking_uri, "head")
    name = run_name("head", [folder.name], config.kind)
    with tracker.start(name, params={}, tags={"packs": folder.name}) as run:
        taught = teach_head(folder, clusters, request, config, run)
    print_taught(taught)
    tell_waiting(tracker)


def print_taught(taught: "Taught") -> None:
    """Prints where what was learned is, and how well it does."""
    figures = taught.figures
    err.print(taught.device)
    nearest = figures.nearest_centre_accuracy
    beside = "" if nearest is None else f", the nearest centre {nearest:.3f}"
    err.print(
        f"names the cluster of {figures.held_out_accuracy:.3f} of {figures.num_held_out} held-out "
        f"presets; the largest cluster is {figures.majority_share:.3f}{beside}"
    )
    out.print(str(taught.path), markup=False)
