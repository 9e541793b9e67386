"""`aivj pack`: a coupled pack drawn from a folder or a list of presets."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aivj.cli.audited import say_unaudited
from aivj.cli.console import bar, err, out, working
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import MAX_PAIRS, Gpu, PackOption, SeedOption
from aivj.cli.proved import proved_before
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.contracts.preset_audit_reasons import Pool
    from aivj.packs.pairing import DrawnPack
    from aivj.packs.provenance import Parameter
    from aivj.packs.scan import PresetFile
    from aivj.pipeline.packing import Acceptance
    from aivj.settings import Settings

_MAX_SHOWN = 160


def pack(
    context: typer.Context,
    name: PackOption,
    presets: Annotated[
        Path | None, typer.Option("--presets", help="Folder of .milk files, walked whole.")
    ] = None,
    path_list: Annotated[
        Path | None,
        typer.Option(
            "--list", help="Instead: a file of their paths, one a line; no folder walked."
        ),
    ] = None,
    candidates: Annotated[
        int,
        typer.Option(
            min=2, max=1_000_000, help="Presets taken out of --list, evenly and by the seed."
        ),
    ] = 10_000,
    audit: Annotated[
        Path | None,
        typer.Option("--audit", help="The library's preset-audit.json: presets come from --pool."),
    ] = None,
    pool: Annotated[
        Literal["crash-safe", "ok-only"],
        typer.Option(help="With --audit: what broke nothing, or what has no fault."),
    ] = "crash-safe",
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, max=MAX_PAIRS, help="How many pairs.")
    ] = 32,
    seed: SeedOption = 0,
    degraded: Annotated[
        Literal["keep", "skip"],
        typer.Option(help="What becomes of presets of which a part cannot be drawn."),
    ] = "keep",
    link_check: Annotated[
        Literal["auto", "on", "off"],
        typer.Option(help="Link shaders in a browser. auto: if a renderer is proved, else say so."),
    ] = "auto",
    gpu: Annotated[
        Gpu,
        typer.Option("--gpu", envvar="AIVJ_GPU", help="What shaders are linked on."),
    ] = "require",
    fewer: Annotated[
        bool, typer.Option("--fewer", help="Of too few presets draw as many pairs as they make.")
    ] = False,
    max_files: Annotated[
        int,
        typer.Option(min=1, max=100_000_000, help="Files and folders of --presets looked at."),
    ] = 400_000,
    max_mb: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Megabytes of presets copied, at most.")
    ] = 512,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Replace a pack of that name that was drawn otherwise. If people judged it, or it "
            "was scored, it is kept in another place.",
        ),
    ] = False,
) -> None:
    """Draw pairs of presets from a folder, or a list of paths, and lay them out as a pack.

    What is passed over stands, preset by preset, in pack-passed-over.json beside the pack. The same
    call again changes nothing.

    Example: aivj pack --pack mine --presets ~/milkdrop --pairs 200 --seed 7

    Of an audited pool, no folder walked: aivj pack --pack p --presets ~/milkdrop --audit A.json

    Of many: aivj pack --pack big --list paths.txt --candidates 15000 --pairs 3000
    """
    from aivj.contracts.pairs_manifest import require_pack_name
    from aivj.packs.audited import pool_parameters
    from aivj.packs.pairing import MEGABYTE, draw_coupled_pack, refuse_other_draw
    from aivj.pipeline.packing import Acceptance, link_renderer
    from aivj.pipeline.rendering import open_conversion

    settings: Settings = context.obj
    source = _source(presets, path_list)
    passed_over: Counter[str] = Counter()
    parameters: dict[str, Parameter] = {}
    if path_list is not None:
        parameters["numCandidates"] = candidates
    parameters |= {"skipDegraded": 1} if degraded == "skip" else {}
    pooled = None if audit is None else _pool(presets, audit, pool, passed_over)
    of_pool = pooled[1] if pooled is not None else pool_parameters(presets or Path())
    parameters |= of_pool
    if not of_pool:
        say_unaudited(context, name)
    if not replace:
        refuse_other_draw(
            settings.packs_root / "presets" / require_pack_name(name),
            seed=seed,
            source=source,
            parameters={"numPairs": pairs, **parameters},
        )
    library = (
        _library(presets, path_list, candidates, seed, max_files, passed_over)
        if pooled is None
        else pooled[0]
    )
    choice = proved_before(context, gpu) if link_check != "off" else None
    if choice is None:
        choice = link_renderer(link_check, gpu, lambda text: err.print(text, markup=False))
    with (
        open_conversion(settings.conversion_cache, choice) as convert,
        bar("drawing") as progress,
    ):
        acceptance = Acceptance(
            convert, degraded, lambda num_accepted: progress.update(num_accepted, 2 * pairs)
        )
        drawn = draw_coupled_pack(
            library,
            pack=name,
            num_pairs=pairs,
            seed=seed,
            packs_root=settings.packs_root,
            generated_at=datetime.now(UTC),
            accept=acceptance.accept,
            passed_over=passed_over,
            fewer_will_do=fewer,
            replace=replace,
            parameters=parameters,
            source=source,
            max_bytes=max_mb * MEGABYTE,
        )
    _say_reasons(drawn, acceptance)
    if drawn.kept is not None:
        err.print(f"the pack that was there is kept in {drawn.kept}", markup=False)
    num_drawn = len(drawn.manifest.pairs)
    if num_drawn < pairs:
        err.print(
            f"[yellow]note[/] only {num_drawn} of {pairs} pairs: {source} has no more presets"
        )
    there = ", as before: this very pack was there already" if drawn.was_there else ""
    out.print(f"{num_drawn} pairs in {drawn.folder}{there}")
    say_next(context, "sample", "--pack", name, *gpu_option())


def _pool(
    presets: Path | None, audit: Path, pool: "Pool", passed_over: Counter[str]
) -> "tuple[list[PresetFile], Mapping[str, Parameter]]":
    """Returns the files of an audited pool, and what a provenance says of it."""
    from aivj.packs.audited import PoolReader, pool_files

    if presets is None:
        raise InputError(
            "--presets DIR beside --audit", "none", "name the folder that the audit's paths are of"
        )
    reader = PoolReader(audit, pool)
    with working("reading the audit"):
        files = pool_files(presets, reader, passed_over)
    err.print(f"{len(files)} presets in the pool {pool} of {audit}", markup=False)
    return files, reader.state.parameters


def _source(presets: Path | None, path_list: Path | None) -> str:
    """Returns what a pack's provenance calls the library."""
    if (presets is None) == (path_list is None):
        raise InputError(
            "--presets DIR or --list FILE",
            "neither" if presets is None else "both",
            "name the folder that holds the presets, or a list of their paths",
        )
    return path_list.name if path_list is not None else Path(os.path.realpath(presets or "")).name


def _library(
    presets: Path | None,
    path_list: Path | None,
    candidates: int,
    seed: int,
    max_files: int,
    passed_over: Counter[str],
) -> "list[PresetFile]":
    from aivj.packs.path_list import read_path_list
    from aivj.packs.scan import scan_presets

    if path_list is None:
        folder = presets or Path()
        return scan_presets(folder, passed_over=passed_over, max_entries=max_files)
    listed = read_path_list(
        path_list, num_candidates=candidates, seed=seed, passed_over=passed_over
    )
    err.print(f"{len(listed)} candidates out of {path_list}", markup=False)
    return listed


def _say_reasons(drawn: "DrawnPack", acceptance: "Acceptance") -> None:
    """Says what was passed over or kept in part: each reason, how often, and an example."""
    from aivj.packs.provenance import PASSED_OVER_NAME

    examples: dict[str, str] = {}
    for preset in drawn.passed_over.presets:
        detail = f": {preset.detail}" if preset.detail else ""
        examples.setdefault(preset.reason, f"{preset.source}{detail}")
    skipped = drawn.provenance.skipped
    if skipped:
        err.print(f"passed over: {sum(skipped.values())}")
        _say_counts(skipped.items(), examples)
    if drawn.passed_over.presets:
        err.print(f"each of them: {drawn.folder / PASSED_OVER_NAME}", markup=False)
    kept = acceptance.kept_in_part
    if kept:
        err.print(f"kept, though a part cannot be drawn (--degraded skip): {kept.total()}")
        _say_counts(kept.items(), acceptance.examples)


def _say_counts(counts: Iterable[tuple[str, int]], examples: Mapping[str, str]) -> None:
    for reason, number in sorted(counts):
        line = f"  {number} {reason}" + (f"; {examples[reason]}" if reason in examples else "")
        shown = " ".join(line.split())
        err.print(f"  {shown[:_MAX_SHOWN]}{'...' if len(shown) > _MAX_SHOWN else ''}", markup=False)
