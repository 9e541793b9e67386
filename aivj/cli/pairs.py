"""`aivj pairs`: a pack of the best and most varied pairs that a set of presets makes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aivj.cli.audited import say_unaudited
from aivj.cli.console import bar, err, out
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import GpuOption, ProfileOption, WorkersOption
from aivj.cli.proved import proved_before
from aivj.cli.studio import ClipOption, studio_of, takes_uri

if TYPE_CHECKING:
    from aivj.pipeline.pairs_request import PairsRequest
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings


def _last_checkpoint(settings: "Settings", _given: Mapping[str, Any]) -> Path:
    from aivj.coupling.served_files import CHECKPOINT_NAME

    return settings.coupling_dir / "models" / CHECKPOINT_NAME


@takes(
    request=From(
        "aivj.pipeline.pairs_request:PairsRequest", defaults={"checkpoint_path": _last_checkpoint}
    ),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def pairs(
    context: typer.Context,
    request: "PairsRequest",
    options: "RenderOptions",
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Page. Default: <home>/artifacts/pairs/NAME.html."),
    ] = None,
) -> None:
    """Choose a pack among all foregrounds and backgrounds that a set of presets makes.

    Presets are drawn once, those that were not yet; of pairs the safe, visible and lively ones
    are chosen among, good ones that look unlike each other. The same call again changes nothing.

    Example: aivj pairs --name best --presets ~/milkdrop --num 300

    The presets of a pack, each in one pair: aivj pairs --name anew --pack mine --method assignment
    """
    from dataclasses import replace

    from aivj.pipeline.pairs import choose_pack
    from aivj.pipeline.pairs_report import write_pairs_report
    from aivj.takes.settings import RenderSettings

    settings: Settings = context.obj
    page = report or settings.home / "artifacts" / "pairs" / f"{request.name}.html"
    render = RenderSettings()
    with bar("drawing") as progress:

        def on_progress(num_done: int, num_all: int) -> None:
            if progress.label != "measuring":
                progress.begin("measuring")
            progress.update(num_done, num_all)

        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            render,
            num_workers=num_workers,
            audio=audio,
            on_progress=progress.update,
            proved=proved_before(context, gpu) if profile is None else None,
        )
        chosen = choose_pack(request, studio.take, studio.music, on_progress=on_progress)
    write_pairs_report(page, request, chosen)
    if not request.of_pool:
        say_unaudited(context, request.name)
    for note in chosen.notes:
        err.print(f"[yellow]note[/] {note}")
    for reason, num in chosen.drawn.provenance.skipped.items():
        err.print(f"passed over: {num} {reason}", markup=False)
    if chosen.drawn.kept is not None:
        err.print(f"the pack that was there is kept in {chosen.drawn.kept}", markup=False)
    best = chosen.best
    for title, side in (("chosen", best.chosen), ("at random", best.at_random)):
        out.print(
            f"{title}: {len(side.pairs)} pairs, mean target {side.target01.mean():.3f}, "
            f"unsafe {side.unsafe_share:.1%}, Vendi {side.vendi:.1f}"
        )
    out.print(f"page: {page}", markup=False)
    there = ", as before: this very pack was there already" if chosen.drawn.was_there else ""
    out.print(f"{len(chosen.drawn.manifest.pairs)} pairs in {chosen.drawn.folder}{there}")
    say_next(context, "sample", "--pack", request.name, *gpu_option())
