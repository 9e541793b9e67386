"""`aivj run-manifest`: what rendering a library showed, as a runtime reads it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out, working
from aivj.cli.frames import IndexOption, PackIfGivenOption, artifacts_of
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.settings import Settings


def run_manifest(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    index: IndexOption = None,
    out_path: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File, or its folder. Default: <home>/public/run-manifest.json."
        ),
    ] = None,
    run_name: Annotated[
        str | None,
        typer.Option("--run-name", "--runName", help="Default: name of the index's folder."),
    ] = None,
    max_presets: Annotated[
        int,
        typer.Option(
            *("--max-presets", "--maxPresets"),
            min=0,
            max=10_000_000,
            help="Only so many, of the highest scores. 0: all.",
        ),
    ] = 0,
    include_failed: Annotated[
        bool,
        typer.Option(
            "--include-failed/--no-include-failed",
            "--includeFailed/--no-includeFailed",
            help="List presets without pictures, too: a runtime then avoids them.",
        ),
    ] = True,
) -> None:
    """Write run-manifest.json of an index of pictures: each preset once, its best line.

    Example: aivj run-manifest --pack safe

    Example: aivj run-manifest --index var/artifacts/aivj/safe/frames-index.jsonl --max-presets 5000
    """
    from datetime import UTC, datetime

    from aivj.contracts.frames_index import FRAMES_INDEX_NAME, read_frames_index
    from aivj.contracts.run_manifest import RUN_MANIFEST_NAME, write_run_manifest
    from aivj.contracts.run_manifest import run_manifest as manifest_of

    settings: Settings = context.obj
    path = index or artifacts_of(settings, pack, None) / FRAMES_INDEX_NAME
    target = out_path or settings.packs_root
    if target.suffix != ".json":
        target /= RUN_MANIFEST_NAME
    with working("reading the index"):
        read = read_frames_index(path)
        if not read.rows:
            raise InputError(
                f"lines of presets in {path}",
                f"none, and {read.num_bad_lines} others",
                "name the index that `aivj frames` wrote",
            )
        manifest = manifest_of(
            read.rows,
            index_path=path,
            run_name=run_name or path.absolute().parent.name,
            now=datetime.now(UTC),
            max_presets=max_presets,
            include_failed=include_failed,
        )
        write_run_manifest(target, manifest)
    counts = manifest.counts
    if read.num_bad_lines:
        err.print(f"lines that are none: {read.num_bad_lines}")
    err.print(
        f"lines: {counts.total}, with pictures {counts.ok}, failed {counts.failed}, skipped "
        f"{counts.skipped}; presets: {counts.unique_presets}"
    )
    out.print(f"{len(manifest.presets)} presets in {target}", markup=False)
