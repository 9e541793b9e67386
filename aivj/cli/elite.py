"""`aivj elite`: the elite list, scored pairs that a net learns from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import SeedOption
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.pipeline.elite_lists import EliteList
    from aivj.settings import Settings

_UNNAMED = "list"


def elite(
    context: typer.Context,
    pack: Annotated[
        str | None,
        typer.Option("--pack", help="Pack whose pairs people judged, or a --csv scores by id."),
    ] = None,
    preferences: Annotated[
        list[Path] | None,
        typer.Option(
            "--preferences",
            help="Judgements of `aivj prefer`; repeatable. Default: those beside --pack.",
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            help="Table of scores, 0 to 5: columns score and pair, or score, fg and bg, which are "
            "presets named from the table's folder.",
        ),
    ] = None,
    ratings: Annotated[
        Path | None,
        typer.Option("--ratings", help="Folder of .milk files; pairs are drawn by their ratings."),
    ] = None,
    positive: Annotated[
        int, typer.Option("--positive", min=1, help="With --ratings: good pairs, at most.")
    ] = 150,
    negative: Annotated[
        int, typer.Option("--negative", min=1, help="With --ratings: bad pairs, at most.")
    ] = 50,
    seed: SeedOption = 0,
    out_dir: Annotated[
        Path | None,
        typer.Option("--out-dir", "--outDir", help="Where to write. Default: <home>/elite/<pack>."),
    ] = None,
) -> None:
    """Make an elite list: pairs that people scored, for --elite-dir of train and others.

    It holds pairs scored 4 and more, examples of the good, and 2 and less, of the bad, with copies
    of their presets. It is made of one of three things: judgements of `aivj prefer`, a table of
    your own, or the ratings that stand in presets, which are weak labels. A table is taken whole or
    not at all.

    What people judged: aivj elite --pack mine

    A table of pairs: aivj elite --pack mine --csv scores.csv

    Ratings in presets: aivj elite --ratings ~/milkdrop --out-dir var/elite/mine
    """
    with working("reading presets"):
        from aivj.pipeline import elite_lists

        settings: Settings = context.obj
        _require_one_source(pack, preferences, csv, ratings)
        folder = out_dir or settings.home / "elite" / (pack or _UNNAMED)
        if ratings is not None:
            made = elite_lists.elite_from_ratings(
                ratings, folder, num_positive=positive, num_negative=negative, seed=seed
            )
        elif csv is not None:
            made = elite_lists.elite_from_table(
                csv, folder, pack=pack, packs_root=settings.packs_root
            )
        else:
            made = _from_judgements(settings, pack, preferences, folder)
    for note in made.notes:
        err.print(f"[yellow]note[/] {note}", highlight=False)
    out.print(
        f"{len(made.entries)} pairs, {made.num_positive} positive and {made.num_negative} "
        f"negative: {made.folder}",
        markup=False,
    )
    say_next(context, "train", "--pack", pack or "NAME", "--elite-dir", folder)


def _from_judgements(
    settings: "Settings", pack: str | None, paths: list[Path] | None, folder: Path
) -> "EliteList":
    from aivj.contracts.pairs_manifest import require_pack_name
    from aivj.contracts.preferences import PREFERENCES_NAME
    from aivj.pipeline.elite_lists import elite_from_preferences
    from aivj.pipeline.labels import read_pack

    if pack is None:
        raise InputError(
            "the pack that was judged", "--preferences without --pack", "say --pack NAME"
        )
    read_pack(settings.packs_root, require_pack_name(pack))
    default = settings.packs_root / "presets" / pack / PREFERENCES_NAME
    if paths is None and not default.exists():
        raise InputError(
            f"judgements of pack {pack!r} in {default}",
            "nothing there",
            f"judge its pairs (`aivj prefer --pack {pack}`), or say --csv or --ratings",
        )
    return elite_from_preferences(pack, paths or [default], folder, packs_root=settings.packs_root)


def _require_one_source(
    pack: str | None, preferences: list[Path] | None, csv: Path | None, ratings: Path | None
) -> None:
    """Refuses no source, and several."""
    given = {"--preferences": preferences, "--csv": csv, "--ratings": ratings}
    named = [name for name, value in given.items() if value]
    if len(named) > 1 or not (named or pack):
        raise InputError(
            "one thing to make the list of: --pack with its judgements, --csv or --ratings",
            " and ".join(named) or "none of them",
            "name one; `aivj elite --help` has an example of each",
        )
