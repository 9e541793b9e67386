"""What `aivj sample` does and says before and after the sampling."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aivj.cli.audited import say_if_unaudited
from aivj.cli.console import bar, err, out
from aivj.cli.next_steps import say_next
from aivj.cli.options import Gpu
from aivj.cli.places import shown
from aivj.cli.proved import prove
from aivj.cli.stopping import command_line
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.audio.playlist import Playlist
    from aivj.browser.choice import RendererChoice
    from aivj.pipeline.render_options import RenderOptions
    from aivj.runs.open_run import SampleSummary
    from aivj.sampling.packs import SamplePack
    from aivj.sampling.request import SampleRequest
    from aivj.sampling.run import Undrawable
    from aivj.settings import Settings


def say_of_packs(
    context: typer.Context,
    request: "SampleRequest",
    packs: "Sequence[SamplePack]",
    skip_pairs: Path | None,
) -> None:
    """Says which packs are from no audited pool, and which pairs are not visited, and why."""
    say_if_unaudited(context, (request.packs_root / "presets" / pack.name for pack in packs))
    for pack in packs:
        if pack.manifest.left_out:
            err.print(f"[yellow]left out[/] {pack.manifest.left_out}", highlight=False)
        if skip_pairs is not None:
            num = len(pack.skipped)
            err.print(f"{num} of {len(pack.manifest.ids)} pairs of {pack.name} are skipped")


def renderer_for(
    context: typer.Context,
    request: "SampleRequest",
    packs: "Sequence[SamplePack]",
    playlist: "Playlist",
    options: "RenderOptions",
) -> "tuple[RendererChoice, Undrawable]":
    """Returns the renderer of a run, and which of its pairs cannot be drawn.

    Where takes of all its presets are there already no browser is started to prove one.
    """
    from aivj.pipeline.known_renderer import KnownRenderer
    from aivj.pipeline.rendering import drawn_already

    settings: Settings = context.obj
    known = KnownRenderer(settings.home, options)
    choice = drawn_already(request, packs, playlist, options, known)
    if choice is not None:
        err.print("all presets are drawn already: no browser is needed")
        return choice, {}
    undrawable = _screen(request, packs, playlist, settings.conversion_cache)
    choice = prove(context, options)
    known.keep(choice)
    return choice, undrawable


def _screen(
    request: "SampleRequest",
    packs: "Sequence[SamplePack]",
    playlist: "Playlist",
    conversion_cache: Path,
) -> "Undrawable":
    """Converts what is to be drawn, and says what cannot be drawn; needs no browser."""
    from aivj.sampling.layers import LayerReader, undrawable
    from aivj.stage.conversion import PresetConverter

    reader = LayerReader(request.packs_root, len(playlist.clips))
    with PresetConverter(conversion_cache) as converter, bar("converting") as progress:
        found = undrawable(request, packs, reader, converter.convert, progress.update)
    if found:
        (pack, pair), error = next(iter(found.items()))
        err.print(
            f"pairs that cannot be drawn: {len(found)}, failures; first, pair {pair} of {pack}: "
            f"{error.kind}: {error}",
            markup=False,
        )
    return found


def print_end(context: typer.Context, summary: "SampleSummary") -> None:
    """Says how the run ended, what to type next, and for programs where everything is."""
    end = "" if summary.is_complete else "; the time is over, --resume goes on"
    err.print(
        f"{summary.num_rows} pairs measured, {summary.num_failures} failed, "
        f"of {summary.num_target}{end}"
    )
    if summary.num_presets:
        err.print(f"{summary.num_presets} presets, {summary.num_known} of them drawn before")
    directory = summary.directory
    if summary.is_complete:
        say_next(context, "check-run", shown(context, directory.path))
    else:
        err.print(f"next: {command_line(context)}", markup=False)
    paths = {"outDir": directory.path, "evalPath": directory.eval_path}
    paths["metaPath"] = directory.meta_path
    out.print(
        json.dumps({"ok": True, **{name: shown(context, path) for name, path in paths.items()}})
    )


def local_stamp() -> str:
    """Names a run after the local time, to the second."""
    return datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")


def announce_renderer(choice: "RendererChoice") -> None:
    """Says what draws, and what was tried in vain."""
    for line in choice.rejected:
        err.print(f"[yellow]not used[/] {line}")
    kind = "software renderer" if choice.report.is_software else "GPU"
    err.print(f"{kind}: {choice.report.renderer}")


def gpu_policy(gpu: Gpu | None, gpu_mode: str | None, *, require_gpu: bool) -> Gpu:
    """Returns what is asked for; the original's `--gpuMode off` is the only way to software."""
    if gpu is not None:
        return gpu
    return "software" if gpu_mode == "off" and not require_gpu else "require"


def refuse_other_manifest(name: str | None) -> None:
    """Refuses pairs that lie under another name than the one that scores are merged under.

    Raises:
        InputError: They do.
    """
    from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME

    if name not in {None, PAIRS_MANIFEST_NAME}:
        raise InputError(
            f"pairs in {PAIRS_MANIFEST_NAME}",
            f"--pairsManifest {name}",
            "make a pack of those pairs: scores are merged under that name alone",
        )
