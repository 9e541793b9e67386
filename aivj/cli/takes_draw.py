"""`aivj takes draw`: presets drawn before anything needs them."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out, say, working
from aivj.cli.model_options import From, takes
from aivj.cli.options import GpuOption, ProfileOption, WorkersOption
from aivj.cli.stopping import goes_on_with
from aivj.cli.studio import ClipOption, studio_of, takes_uri
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings
    from aivj.takes.settings import RenderSettings


@takes(
    render=From("aivj.takes.settings:RenderSettings"),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def draw(
    context: typer.Context,
    render: "RenderSettings",
    options: "RenderOptions",
    presets: Annotated[
        Path, typer.Option("--presets", help="Folder of .milk files, walked whole.")
    ],
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
) -> None:
    """Draw the presets of a folder, each content once, those of which there is no take.

    Pairs, packs and samples over them cost no rendering then. Broken off, the same command goes on.

    Example: aivj takes draw --presets ~/milkdrop

    For a whole team: aivj takes draw --presets ~/milkdrop --takes s3://night/takes
    """
    # At once: to load what reads them and to list a large library each take their time.
    say(f"looking for presets in {presets}")
    from dataclasses import replace

    from aivj.packs.scan import scan_presets
    from aivj.pipeline.taking import different_presets

    settings: Settings = context.obj
    goes_on_with(context)
    with working("looking for presets"):
        files = scan_presets(presets)
    with bar("reading") as progress:
        progress.update(0, len(files))
        found = different_presets(files, progress.update)
        if not found:
            raise InputError(f"presets in {presets}", "none", "name the folder that holds them")
        progress.begin("drawing")
        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            render,
            num_workers=num_workers,
            audio=audio,
            on_progress=progress.update,
        )
        store = studio.take(found)
    failures = [store.failure(preset.content_hash) for preset in found]
    kinds = Counter(failure.kind for failure in failures if failure is not None)
    told = ", ".join(f"{num} {kind}" for kind, num in kinds.most_common())
    err.print(f"{len(found) - kinds.total()} of {len(found)} different presets are drawn")
    if told:
        err.print(f"failed: {told}")
    out.print(f"{store.place.uri}/{store.conditions.digest}", markup=False)
