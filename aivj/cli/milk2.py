"""`aivj milk2`: MilkDrop 3's double presets, looked at and turned into a pack."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import PackOption
from aivj.cli.results import print_json
from aivj.cli.verb import Verb, Verbs

if TYPE_CHECKING:
    from aivj.settings import Settings

_MAX_SHOWN = 160

app = typer.Typer(
    name="milk2",
    cls=Verbs,
    help="MilkDrop 3's double presets: look at one, or make a pack of those that are text.",
    epilog="Exit codes: 0 done, 2 no file named, 3 a file that cannot be used, 8 disk. "
    "Example: aivj milk2 sniff one.milk2",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(cls=Verb)
def sniff(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The file.")] = None,
    also_file: Annotated[
        Path | None, typer.Option("--file", "-f", help="The same, as an option.")
    ] = None,
    max_bytes: Annotated[
        int,
        typer.Option(
            *("--max-bytes", "--maxBytes"),
            min=1024,
            max=1 << 30,
            help="How much of it is looked at.",
        ),
    ] = 2_097_152,
) -> None:
    """Say as JSON whether a file is text, and which presets the text names. Nothing is converted.

    Example: aivj milk2 sniff one.milk2
    """
    from aivj.packs.milk2_sniff import sniff_file

    path = also_file or file
    if path is None:
        raise typer.BadParameter("name the file", param_hint="FILE")
    print_json(sniff_file(path, max_bytes=max_bytes))


@app.command(cls=Verb)
def convert(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Files, or folders whose own .milk2 files are taken."
        ),
    ],
    name: PackOption,
    swap: Annotated[
        bool, typer.Option("--swap", help="The second preset of each file comes to the front.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace a pack of that name that was made otherwise."),
    ] = False,
) -> None:
    """Make a pack of double presets: a pair of each file that is text and holds two presets.

    Anything else is refused with what was found; how a file blends its two stands in
    pack-provenance.json, since a runtime blends in its own way.

    Example: aivj milk2 convert ~/milkdrop3/presets --pack doubles
    """
    from datetime import UTC, datetime

    from aivj.packs.milk2_pack import convert_doubles, listed_doubles
    from aivj.packs.provenance import PASSED_OVER_NAME

    settings: Settings = context.obj
    with bar("reading") as progress:
        made = convert_doubles(
            listed_doubles(paths),
            pack=name,
            packs_root=settings.packs_root,
            generated_at=datetime.now(UTC),
            swap=swap,
            replace=replace,
            on_progress=progress.update,
        )
    drawn = made.drawn
    refused = drawn.passed_over.presets
    for reason, num in sorted(Counter(each.reason for each in refused).items()):
        first = next(each for each in refused if each.reason == reason)
        line = " ".join(f"refused: {num} {reason}; {first.source}: {first.detail}".split())
        err.print(line[:_MAX_SHOWN], markup=False)
    if refused:
        err.print(f"each of them: {drawn.folder / PASSED_OVER_NAME}", markup=False)
    if made.num_sprites:
        err.print(f"left out: {made.num_sprites} sprites, which a pair of presets has no place for")
    if drawn.kept is not None:
        err.print(f"the pack that was there is kept in {drawn.kept}", markup=False)
    there = ", as before: this very pack was there already" if drawn.was_there else ""
    out.print(f"{len(drawn.manifest.pairs)} pairs in {drawn.folder}{there}")
    say_next(context, "sample", "--pack", name, *gpu_option())
