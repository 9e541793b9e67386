"""`aivj lora`: CLIP's vision tower taught a pack's clusters, as an adapter."""

from typing import TYPE_CHECKING

import typer

from aivj.cli.console import bar, say
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.head import ClustersOption, print_taught
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import OutDirOption, TrackingOption
from aivj.cli.tracking import open_tracker, run_name, tell_waiting

if TYPE_CHECKING:
    from aivj.contracts.lora_trainlists import TargetLimits
    from aivj.embedding.lora import LoraConfig
    from aivj.pipeline.teaching import LoraRequest
    from aivj.settings import Settings


@takes(
    request=From(
        "aivj.pipeline.teaching:LoraRequest",
        defaults={"num_workers": lambda _, given: int(given["ray_address"] is not None)},
    ),
    config=From("aivj.embedding.lora:LoraConfig"),
    limits=From("aivj.contracts.lora_trainlists:TargetLimits"),
)
def lora(
    context: typer.Context,
    request: "LoraRequest",
    config: "LoraConfig",
    limits: "TargetLimits",
    pack: PackIfGivenOption = None,
    clusters: ClustersOption = None,
    out_dir: OutDirOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Teach CLIP's vision tower a pack's clusters: a LoRA adapter in lora/adapter.

    It is refused where there are no clusters yet. Which presets are learned from is written to
    lora-trainlists; dark, blown, still and deaf ones are not.

    Example: aivj lora --pack mine --epochs 1

    Then embed anew: aivj embed --pack mine --lora-dir var/artifacts/aivj/mine/lora/adapter --anew
    """
    say("loading torch and MLflow")
    from aivj.pipeline.teaching import teach_lora

    settings: Settings = context.obj
    folder = artifacts_of(settings, pack, out_dir)
    tracker = open_tracker(settings, tracking_uri, "lora")
    name = run_name("lora", [folder.name], f"rank {config.rank} seed {config.seed}")
    with (
        tracker.start(name, params={}, tags={"packs": folder.name}) as run,
        bar("learning") as progress,
    ):
        taught = teach_lora(
            folder,
            clusters,
            request,
            config,
            limits,
            run,
            say=say,
            on_epoch=lambda epoch, loss: progress.update(epoch, config.epochs, f"loss {loss:.3f}"),
        )
    print_taught(taught)
    tell_waiting(tracker)
    index = folder / "frames-index.jsonl"
    named = ("--pack", pack) if pack and out_dir is None else ("--index", index)
    say_next(context, "embed", *named, "--model", request.model, "--lora-dir", taught.path)
