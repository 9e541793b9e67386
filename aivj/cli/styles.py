"""`aivj styles`: styles that people sorted presets into, learned and told of other presets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out, say, working
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.next_steps import say_next
from aivj.cli.places import shown
from aivj.cli.results import JsonOption, plain_table, print_json
from aivj.cli.verb import Verb, Verbs
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.contracts.taught_styles import PictureFigures, TaughtStyles
    from aivj.pipeline.styles import StyledFile
    from aivj.settings import Settings
    from aivj.styles.pictures import PictureLookup
    from aivj.styles.taught_files import TaughtModel

DEFAULT_NAME = "mine"
_NUM_TRIES = 3

app = typer.Typer(
    name="styles",
    cls=Verbs,
    help="Styles that people sorted presets into: learn them, and tell them of other presets.",
    epilog="Exit codes: 0 done, 3 input that cannot be used, 8 the disk. "
    "Example: aivj styles teach ~/sorted",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def taught_folder(settings: "Settings", name: str) -> Path:
    """Returns where learned styles of a name lie.

    Raises:
        InputError: The name is none of a folder.
    """
    if not name or name != Path(name).name or name in {".", ".."}:
        raise InputError(
            "a name of styles that can be a folder's", repr(name), "choose another --name"
        )
    return settings.home / "outputs" / "styles" / name


NameOption = Annotated[
    str, typer.Option("--name", help="What the set of styles is called: a folder's name.")
]


def tell_by(
    taught: "TaughtModel",
    files: "list[StyledFile]",
    folder: Path | None,
    wanted: Path | None,
) -> "PictureLookup | None":
    """Looks for pictures to tell styles by, and says which presets are told by text alone.

    Args:
        taught: The styles.
        files: Presets whose styles are asked for.
        folder: Where their embeddings may lie.
        wanted: Embeddings that somebody named.

    Raises:
        InputError: What was named cannot be read, or another encoder made it.
    """
    from aivj.contracts.embeddings import EmbeddingFiles
    from aivj.pipeline.styles import pictures_to_tell_by

    own = [] if folder is None else [EmbeddingFiles(folder), EmbeddingFiles(folder, "hf")]
    named = None if wanted is None else EmbeddingFiles.at(wanted)
    pictures, note = pictures_to_tell_by(taught, files, own=own, wanted=named)
    if note is not None:
        say(note)
    return pictures


@app.command(cls=Verb)
def teach(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="A sub-folder a style, presets anywhere below it; walked whole.")
    ],
    name: NameOption = DEFAULT_NAME,
    embeddings: Annotated[
        Path | None,
        typer.Option(
            "--embeddings",
            help="Learn from pictures too: the folder where `aivj embed` put those of FOLDER.",
        ),
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option("--out-dir", "--outDir", help="Default: <home>/outputs/styles/<name>."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Learn the styles of a sorted folder, and say how well presets of other authors are told.

    A preset that lies in two sub-folders has both styles.

    Example: aivj styles teach ~/sorted

    By pictures too: aivj styles teach ~/sorted --embeddings ~/sorted-pictures
    """
    from aivj.contracts.embeddings import EmbeddingFiles
    from aivj.pipeline.style_teaching import teach as run_teach

    target = out_dir or taught_folder(context.obj, name)
    with bar("reading") as progress:
        card = run_teach(
            folder,
            target,
            name=name,
            embeddings=None if embeddings is None else EmbeddingFiles.at(embeddings),
            on_step=lambda step: err.print(step, style="dim", markup=False),
            on_progress=progress.update,
        )
    if as_json:
        print_json(card)
        return
    _print(card)
    out.print(shown(context, target), markup=False)
    words = () if target == taught_folder(context.obj, DEFAULT_NAME) else ("--styles", target)
    say_next(context, "cluster", "--pack", "NAME", "--mode", "taught", *words)


@app.command(cls=Verb)
def apply(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    presets: Annotated[
        Path | None,
        typer.Option("--presets", help="A folder of .milk files, walked whole, for a pack."),
    ] = None,
    styles: Annotated[
        Path | None,
        typer.Option("--styles", help="What `teach` wrote. Default: <home>/outputs/styles/mine."),
    ] = None,
    embeddings: Annotated[
        Path | None,
        typer.Option(
            "--embeddings",
            help="Of the presets' pictures, where styles were taught by pictures. Default: the "
            "pack's own.",
        ),
    ] = None,
    path: Annotated[
        Path | None,
        typer.Option("--out", help="Default: preset-styles.jsonl in the pack's artifacts."),
    ] = None,
) -> None:
    """Tell the styles of a pack's presets, or a folder's, and write them down, a line each.

    Example: aivj styles apply --pack mine

    A folder: aivj styles apply --presets ~/milkdrop --out styles.jsonl
    """
    from aivj.contracts.taught_styles import preset_styles_path
    from aivj.pipeline.styles import apply as run_apply
    from aivj.styles.taught_files import read_taught

    settings: Settings = context.obj
    files = _files(settings, pack, presets)
    if path is None and presets is not None:
        raise InputError("where to write to", "no --out", "say --out FILE with --presets")
    folder = None if presets is not None else artifacts_of(settings, pack, None)
    target = path or preset_styles_path(artifacts_of(settings, pack, None))
    taught = read_taught(styles or taught_folder(settings, DEFAULT_NAME))
    pictures = tell_by(taught, files, folder, embeddings)
    with bar("telling") as progress:
        counts = run_apply(taught, files, target, pictures, progress.update)
    table = plain_table()
    table.add_column("style")
    table.add_column("presets", justify="right")
    for name, num in counts.items():
        table.add_row(name, str(num))
    out.print(table, soft_wrap=False)
    out.print(shown(context, target), markup=False)


def _files(settings: "Settings", pack: str | None, presets: Path | None) -> "list[StyledFile]":
    from aivj.packs.scan import scan_presets
    from aivj.pipeline.library_presets import library_manifest_path, read_library
    from aivj.pipeline.styles import StyledFile, styled_files

    if (pack is None) == (presets is None):
        raise InputError(
            "one of --pack and --presets",
            "both" if pack else "neither",
            "name a pack, or a folder of presets",
        )
    if presets is not None:
        with working("looking for presets"):
            found = scan_presets(presets)
        return [StyledFile(file.relative_path, file.relative_path, file.path) for file in found]
    return styled_files(read_library(library_manifest_path(settings.packs_root, pack or "")))


def _print(card: "TaughtStyles") -> None:
    table = plain_table()
    table.add_column("style")
    for name in ("presets", "authors", "told"):
        table.add_column(name, justify="right")
    table.add_column("mistaken for")
    for style in card.styles:
        told = "" if style.told is None else f"{style.told:.2f}"
        table.add_row(
            style.name,
            str(style.num_presets),
            str(style.num_authors),
            told,
            style.mistaken_for or "",
        )
    out.print(table, soft_wrap=False)
    figures = card.figures
    if figures is not None:
        by_text = ", by text alone" if card.pictures else ""
        out.print(
            f"told right of presets whose authors were held out{by_text}: {figures.top1:.3f} "
            f"({figures.low95:.3f} to {figures.high95:.3f})"
            + _in_three(figures.top3, len(card.styles))
        )
        if card.pictures and card.pictures.figures:
            _print_pictures(card.pictures.figures, len(card.styles))
        out.print(
            f"without being taught, by the nearest presets: {figures.untaught:.3f}; "
            f"by always saying the most frequent style: {figures.chance:.3f}"
        )
    for reason, num in card.left_out.items():
        err.print(f"left out: {num} {reason}", markup=False)
    for note in card.notes:
        err.print(f"note: {note}", markup=False)


def _print_pictures(figures: "PictureFigures", num_styles: int) -> None:
    out.print(
        f"by text and picture, of the {figures.num_judged} that have one: {figures.top1:.3f} "
        f"({figures.low95:.3f} to {figures.high95:.3f})"
        f"{_in_three(figures.top3, num_styles)}; "
        f"of these by text alone: {figures.text_top1:.3f}"
        f"{_in_three(figures.text_top3, num_styles)}"
    )
    out.print(
        f"so pictures add {figures.top1 - figures.text_top1:+.3f} "
        f"({figures.gain_low95:+.3f} to {figures.gain_high95:+.3f})"
    )


def _in_three(top3: float, num_styles: int) -> str:
    """Three tries at three styles are right whoever guesses."""
    return f", in three tries {top3:.3f}" if num_styles > _NUM_TRIES else ""
