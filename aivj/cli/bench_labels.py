"""`aivj bench-labels`: what human ratings of single presets can tell about judges."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from aivj.cli.console import bar, out
from aivj.cli.results import JsonOption, print_json
from aivj.cli.verb import require_path
from aivj.packs.scan import PROJECTM_PRESETS

if TYPE_CHECKING:
    from aivj.ratings import RatingBenchmark

_NOTES = (
    "AUC over pairs of one fold; first authors held out, near-duplicates of what is judged taken "
    "from what is learned. Same format: pairs that also have the same versions, since newer files "
    "are rated higher whatever they show. There is no figure over all packs: most ratings were "
    "written by tools, batch by batch, so the pack's name alone reaches 0.76 there, and whatever "
    "recognises a pack would look as if it had taste."
)


def bench_labels(
    library: Annotated[
        Path, typer.Option("--library", help="Folder that holds the packs.")
    ] = PROJECTM_PRESETS,
    pack_folder: Annotated[
        str, typer.Option("--pack-folder", help="Pack in it whose presets people rated.")
    ] = "presets_tryptonaut",
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Shuffles of the authors to average over.")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Foretell the ratings of single presets for authors nobody learned from, beside baselines.

    High is a rating of 4 or more, low of 2 or less, all inside one pack.

    Example: aivj bench-labels

    For programs: aivj bench-labels --library ~/milkdrop --pack-folder mine --json
    """
    from aivj.ratings import benchmark_ratings

    require_path(library / pack_folder)
    with bar("folds") as progress:
        result = benchmark_ratings(
            library / pack_folder, num_seeds=seeds, on_progress=progress.update
        )
    if as_json:
        print_json(result)
    else:
        _print(result)


def _print(result: "RatingBenchmark") -> None:
    out.print(
        f"{result.num_files} files in {result.pack_folder}, {result.num_contents} different "
        f"presets; {result.num_contradictory} left out, rated both high and low; "
        f"{result.num_folds} folds, {result.num_seeds} seeds"
    )
    for subset in result.subsets:
        num_presets = subset.num_high + subset.num_low
        out.print(
            f"\n{subset.subset}: {num_presets} presets, {subset.num_high} high, "
            f"by {subset.num_authors} authors (the largest {subset.largest_author_share:.0%}); "
            f"{subset.mean_removed:.1f} near-duplicates a fold not learned from"
        )
        table = Table("judge", "AUC", "+-", "AUC, same format", "+-")
        for judge in subset.judges:
            table.add_row(
                judge.judge,
                *_figures(judge.auc, judge.auc_std),
                *_figures(judge.auc_same_format, judge.auc_same_format_std),
            )
        out.print(table, soft_wrap=False)
    out.print(_NOTES, soft_wrap=False)


def _figures(*values: float | None) -> list[str]:
    return ["-" if value is None else f"{value:.3f}" for value in values]
