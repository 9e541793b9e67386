"""`aivj sync`: packs of a generator's folder, brought to where a runtime reads them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.audited import say_unaudited
from aivj.cli.console import bar, err, out
from aivj.cli.next_steps import gpu_option, say_next
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.settings import Settings


def sync(
    context: typer.Context,
    src_base: Annotated[
        Path, typer.Option("--src-base", "--srcBase", help="Folder of the source packs.")
    ],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK]...", help="Packs; only these are read.")
    ] = None,
    packs: Annotated[
        list[str] | None,
        typer.Option("--pack", "--packs", help="The same; several by comma or repeated."),
    ] = None,
    dest_base: Annotated[
        Path | None,
        typer.Option(
            "--dest-base", "--destBase", help="A runtime's presets. Default: those of this home."
        ),
    ] = None,
    clean_dest: Annotated[
        bool,
        typer.Option("--clean-dest", "--cleanDest", help="Remove what was synced before, first."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--dryRun", help="Say what would be done.")
    ] = False,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Compare all files, though the list of them is the same."),
    ] = False,
    limit: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Presets of a flat pack at most. 0: all.")
    ] = 0,
    max_mb: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Megabytes of presets of a pack, at most.")
    ] = 512,
) -> None:
    """Bring source packs: those with manifest.jsonl as pairs, others as a library of presets.

    Only the named packs are looked at, and no folder is walked. What is there already is not
    written again, so the same command goes on after anything; files that are missing, outside the
    base or no presets are counted and left out. A JSON document on stderr says what was done.

    Example: aivj sync --src-base /mnt/d/aidata ai_generated_coupled_final
    """
    from datetime import UTC, datetime

    from aivj.contracts.json_text import row_bytes
    from aivj.contracts.sync_report import SyncReport
    from aivj.packs.pairing import MEGABYTE
    from aivj.packs.sync import sync_pack
    from aivj.packs.sync_files import SyncOptions, SyncPlaces

    settings: Settings = context.obj
    asked = [part.strip() for name in [*(names or []), *(packs or [])] for part in name.split(",")]
    wanted = list(dict.fromkeys(name for name in asked if name))
    if not wanted:
        raise InputError(
            "the name of a pack, or several",
            "none",
            "name those to be brought: nothing else below --src-base is looked at",
        )
    places = SyncPlaces(src_base, dest_base or settings.packs_root / "presets")
    options = SyncOptions(clean_dest, dry_run, compare, limit, max_mb * MEGABYTE)
    results = []
    for name in wanted:
        with bar(name) as progress:
            found = sync_pack(
                name, places, options, now=datetime.now(UTC), on_progress=progress.update
            )
        results.append(found)
        what = f"{found.pairs} pairs" if found.pairs is not None else f"{found.copied} presets"
        would = "would be " if dry_run else ""
        out.print(f"{name}: {what} {would}in {found.dest_dir}, {found.written} files written")
        for reason, num in found.errors.items():
            err.print(f"left out: {num} {reason}", markup=False)
        say_unaudited(context, name)
    is_whole = not any(found.errors for found in results)
    report = SyncReport(ok=is_whole, dry_run=dry_run, results=results)
    typer.echo(row_bytes(report).decode(), err=True, nl=False)
    coupled = next((found for found in results if found.mode == "coupled"), None)
    if coupled is not None and not dry_run and dest_base is None:
        say_next(context, "sample", "--pack", coupled.pack_name, *gpu_option())
