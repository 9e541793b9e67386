"""`aivj embed`: a vector for each preset that has pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aivj.cli.audited import say_if_unaudited
from aivj.cli.console import bar, err, out, say
from aivj.cli.frames import IndexOption, PackIfGivenOption, artifacts_of
from aivj.cli.model_options import From, takes
from aivj.cli.options import OutDirOption
from aivj.cli.places import shown
from aivj.cli.stopping import goes_on_with

if TYPE_CHECKING:
    from aivj.pipeline.embedding import EmbedOutcome, EmbedRequest
    from aivj.settings import Settings


@takes(request=From("aivj.pipeline.embedding:EmbedRequest"))
def embed(
    context: typer.Context,
    request: "EmbedRequest",
    pack: PackIfGivenOption = None,
    index: IndexOption = None,
    out_dir: OutDirOption = None,
) -> None:
    """Embed a pack's pictures: embeddings.npy, ids.txt and embeddings.meta.json, rows aligned.

    Only presets that have no vector yet are embedded. Vectors of two encoders are never put
    into one file, and no encoder is used whose weights are not trained.

    Example: aivj embed --pack mine

    With an adapter: aivj embed --pack mine --lora-dir var/artifacts/aivj/mine/lora/adapter

    Without a hub, on a laptop: aivj embed --pack mine --encoder efficientnet-lite0 --allow-cpu
    """
    say("loading torch")
    from aivj.contracts.frames_index import FRAMES_INDEX_NAME
    from aivj.pipeline.embedding import embed_frames

    settings: Settings = context.obj
    goes_on_with(context)
    path = index or artifacts_of(settings, pack, None) / FRAMES_INDEX_NAME
    if pack is not None:
        say_if_unaudited(context, [settings.packs_root / "presets" / pack])
    with bar("embedding") as progress:
        outcome = embed_frames(
            path, out_dir or path.parent, request, say=say, on_progress=progress.update
        )
    _print_outcome(outcome)
    out.print(shown(context, Path(outcome.files.vectors)), markup=False)


def _print_outcome(outcome: "EmbedOutcome") -> None:
    summary, identity = outcome.summary, outcome.encoder.identity
    by = f"by {identity.kind} {identity.model} ({identity.pretrained})"
    if not summary.num_embedded and not summary.left_out:
        err.print(f"nothing to do: {summary.num_before} are embedded {by}", markup=False)
        return
    rate = summary.num_embedded / summary.seconds if summary.seconds else 0.0
    err.print(
        f"{summary.num_embedded} presets embedded {by}, {rate:.1f} a second, {summary.batch} "
        f"pictures at a time; {outcome.device}",
        markup=False,
    )
    if summary.num_before:
        err.print(f"{summary.num_before} were there already")
    for reason, num in summary.left_out.most_common():
        err.print(f"left out: {num} {reason}", markup=False)
