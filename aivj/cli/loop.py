"""`aivj loop`: the verbs from a pack to a release in order, each as if it had been typed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from aivj.cli.console import err
from aivj.cli.line import Given, Line, SetOption, Stage, typed_options
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import IN_LOOP, say_next
from aivj.cli.options import BucketOption, GpuIfGivenOption, TrackingOption
from aivj.cli.places import kept
from aivj.cli.verb import Verb

if TYPE_CHECKING:
    from aivj.pipeline.loop import LoopFiles, LoopRequest
    from aivj.settings import Settings

# Parameters that the loop hands on to the verbs that have them.
_HANDED_ON = (
    *("gpu", "seed", "takes_uri", "ray_address", "allow_cpu", "tracking_uri", "bucket"),
    "num_workers",
)


def stages_of(
    request: "LoopRequest", files: "LoopFiles", packs_at_hand: str, last_net: str
) -> Iterator[Stage]:
    """Yields the stages of a loop, in order.

    Args:
        request: The loop.
        files: Where everything lies.
        packs_at_hand: Where packs lie on this disk, once a verb has named them.
        last_net: The net that pairs are scored with if the loop fits none.
    """
    pack = ("--pack", request.pack)
    if request.presets is not None:
        yield Stage("takes", ("takes", "draw"), ("--presets", request.presets))
    yield Stage("sample", ("sample",), (*pack, "--out-dir", files.run, "--resume"))
    check = (files.run, "--packs-root", packs_at_hand)
    yield Stage("check", ("check-run",), check)
    labels = (*pack, "--extra-eval-jsonl", files.rows, "--out-dir", files.fit)
    read = (files.rows, files.manifest)
    if request.sweep:
        left = (files.checkpoint, files.quality)
        yield Stage("train", ("sweep",), labels, read, left)
    else:
        yield Stage("train", ("train",), labels, read, (files.checkpoint,))
        net = ("--checkpoint", files.checkpoint) if request.has("train") else ()
        read = (files.checkpoint if net else last_net, files.manifest)
        yield Stage("score", ("score",), (*pack, *net), read, (files.quality,))
    out = ("--out-dir", files.evidence)
    yield Stage("verify", ("verify",), (*pack, *out), (files.quality,), (files.report,))
    yield Stage("promote", ("promote",), (*pack, "--evidence", files.evidence))


class LoopVerb(Verb):
    """A verb whose file of options has a section for each of the verbs that it runs."""

    is_of_verbs = True
    sections = (
        *("takes-draw", "sample", "check-run", "train", "sweep", "score", "verify", "promote"),
    )


@takes(
    request=From(
        "aivj.pipeline.loop:LoopRequest",
        defaults={
            "out_dir": lambda settings, given: kept(
                settings, settings.home / "loops" / given["pack"]
            )
        },
    )
)
def loop(
    context: typer.Context,
    request: "LoopRequest",
    gpu: GpuIfGivenOption = None,  # noqa: ARG001 - handed on
    bucket: BucketOption = None,  # noqa: ARG001 - handed on
    tracking_uri: TrackingOption = None,  # noqa: ARG001 - handed on
    said: SetOption = None,
) -> None:
    """Bring a pack to a release: sample, check, train, score, verify and promote, in order.

    Each is the verb of that name. What has ended is not done again unless something that it reads
    or is asked for has changed, so after anything the same command goes on. A file of options has
    sections named after the verbs.

    Example: aivj loop --pack mine --gpu software --allow-cpu

    Of a file: aivj loop --config ray_jobs/configs/coupling_loop.yaml --set sample.max-hours=8
    """
    from aivj.coupling.served_files import CHECKPOINT_NAME
    from aivj.pipeline.loop import LoopFiles
    from aivj.pipeline.stages import EndedStages

    settings: Settings = context.obj
    files = LoopFiles(request.out_dir, kept(settings, settings.packs_root), request.pack)
    last_net = kept(settings, settings.coupling_dir / "models" / CHECKPOINT_NAME)
    stages = [
        stage
        for stage in stages_of(request, files, str(settings.packs_root), last_net)
        if request.has(stage.name)
    ]
    given = Given(typed_options(said or (), stages), _HANDED_ON, profile={})
    # Every option of every verb is looked at before the first one runs.
    lines = [Line.of(context, stage, given) for stage in stages]
    context.meta[IN_LOOP] = True
    ended = EndedStages(request.out_dir)
    for number, line in enumerate(lines, start=1):
        stage = line.stage
        err.print(f"[bold]{number}/{len(lines)}[/] {' '.join(stage.verb)}", highlight=False)
        asked = line.digest() if stage.left else ""
        if stage.left and ended.has_ended(stage.name, asked, stage.left):
            err.print(f"  done before: {stage.left[-1]}", markup=False)
            continue
        line.run()
        if stage.left:
            ended.mark(stage.name, asked, stage.left)
    context.meta[IN_LOOP] = False
    say_next(context, "releases", "--pack", request.pack)
