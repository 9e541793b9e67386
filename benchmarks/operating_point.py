"""Which operating point: what each costs, and what it tells of what the reference tells.

The same real pairs are rendered at the reference, at the default, and at other points. Everything
rendered is kept, so that an interrupted study goes on where it was. Prints tables, and writes them
as Markdown.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Column, Table

from aivj.cli.console import Bar, bar
from aivj.settings import Settings
from aivj.takes.settings import REFERENCE, RenderSettings
from benchmarks.agreement import COMPARED, Null, agreement, shifted_music, silent_picture
from benchmarks.cpu_meter import CpuMeter
from benchmarks.early_stopping import RULES, WANTED_SPEARMAN, StopEffect, effect
from benchmarks.goals import Goal, print_goals
from benchmarks.operating_points import (
    GRID,
    SWEEP,
    StudyBench,
    in_full_silence,
    name_of,
    parse_name,
)
from benchmarks.real_pairs import LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer
from benchmarks.study_rows import StudyRow

_WANTED_AUC = 0.85
_MARKDOWN_WIDTH = 240


@dataclass
class Pages:
    """What is printed, kept to be written as Markdown."""

    parts: list[Table | str] = field(default_factory=list)

    def show(self, part: Table | str) -> None:
        """Prints a table or a line."""
        self.parts.append(part)
        console.print(part)

    def write(self, path: Path) -> None:
        """Writes everything shown so far."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            plain = Console(file=file, width=_MARKDOWN_WIDTH, no_color=True)
            for part in self.parts:
                if isinstance(part, Table):
                    part.box = box.MARKDOWN
                plain.print(part)


def points(candidates: str) -> dict[str, RenderSettings]:
    """Returns the operating points by what the table calls them, the reference first."""
    names = {"sweep": SWEEP, "grid": GRID}.get(candidates, tuple(candidates.split(",")))
    default = RenderSettings()
    chosen = {"reference": REFERENCE, "default": default}
    for name in names:
        settings = parse_name(name)
        if settings != default:
            chosen[name] = settings
    return chosen


def agreement_table(studied: Mapping[str, Sequence[StudyRow]]) -> Table:
    """Returns a table with a row for each operating point; the first is what others agree with."""
    reference = next(iter(studied.values()))
    names = COMPARED.values()
    table = Table(Column("point", no_wrap=True), "pairs", "failed", "CPU s/pair", *names)
    for name in ("same ok", "AUC", "answering"):
        table.add_column(name)
    for point, rows in studied.items():
        found = agreement(rows, reference)
        figures = (*found.spearman, found.same_verdict, found.auc, found.answering)
        counts = (str(found.num_pairs), str(found.num_failed), f"{found.cpu_s_per_pair:.2f}")
        table.add_row(point, *counts, *(f"{figure:.3f}" for figure in figures))
    return table


def nulls_table(nulls: Mapping[str, Sequence[Null]]) -> Table:
    """Returns a table of what the alignment with the music is held against."""
    table = Table("point", "null", "pairs", "mean own", "mean null", "AUC of any", "above own null")
    for point, of_point in nulls.items():
        for null in of_point:
            figures = (null.own.mean(), null.other.mean(), null.auc_of_any, null.share_above_own)
            texts = (f"{figure:.3f}" for figure in figures)
            table.add_row(point, null.name, str(len(null.own)), *texts)
    return table


def stopping_table(effects: Sequence[StopEffect]) -> Table:
    """Returns a table of what stopping early would have done at the reference."""
    names = COMPARED.values()
    table = Table("rule", "frames", "saved", "of all", *names, "holds")
    for found in effects:
        shares = (f"{found.saved_measured:.1%}", f"{found.saved:.1%}")
        correlations = (f"{figure:.3f}" for figure in found.spearman)
        holds = "yes" if found.is_good_enough else "no"
        table.add_row(found.rule.name, f"{found.mean_frames:.1f}", *shares, *correlations, holds)
    return table


def study(bench: StudyBench, chosen: Mapping[str, RenderSettings], line: Bar, pages: Pages) -> None:
    """Renders what is missing and shows all tables."""

    def rows(point: str, settings: RenderSettings) -> list[StudyRow]:
        line.begin(point)
        return bench.rows(settings, lambda num: line.update(num, len(bench.jobs)))

    studied = {point: rows(point, settings) for point, settings in chosen.items()}
    reference, default, *_ = studied
    silent = rows("default in full silence", in_full_silence(chosen[default]))
    nulls = {
        reference: (shifted_music(studied[reference]), silent_picture(studied[reference])),
        default: (shifted_music(studied[default]), silent_picture(silent)),
    }
    whole = [row.frames for row in studied[reference] if row.frames is not None]
    effects = [effect(whole, rule, REFERENCE.warmup_frames) for rule in RULES]
    pages.show(f"{len(bench.jobs)} real pairs on {bench.choice.report.renderer}, the groove.")
    pages.show(f"Reference {name_of(REFERENCE)}, default {name_of(RenderSettings())}.")
    pages.show("Spearman with the reference; AUC of any pair's alignment above any pair's control.")
    pages.show(agreement_table(studied))
    pages.show("Same ok: the same okHeuristic. Answering: audio_response above 1/255.")
    pages.show(nulls_table(nulls))
    pages.show("Stopping early at the reference: from so many frames on, once settled to so much.")
    pages.show(stopping_table(effects))
    pages.show(verdict(effects))
    print_goals(
        [
            Goal(f"AUC, {null.name}, {point}", null.auc_of_any, _WANTED_AUC, form=".3f")
            for point, of_point in nulls.items()
            for null in of_point
        ],
    )


def verdict(effects: Sequence[StopEffect]) -> str:
    """Says which rule saves most, of those that look at the figures and of those that do not."""
    parts = []
    for kind, is_plain in (("early stopping", False), ("a shorter measurement", True)):
        good = [found for found in effects if found.is_good_enough]
        ours = [found for found in good if found.rule.is_plain == is_plain]
        best = max(ours, key=lambda found: found.saved, default=None)
        saved = f"{best.saved:.1%} of all frames ({best.rule.name})" if best else "nothing"
        parts.append(f"{kind} saves {saved}")
    return f"With every Spearman at least {WANTED_SPEARMAN}, {' and '.join(parts)}."


def main() -> None:
    """Studies operating points."""
    home = Settings().home / "bench" / "operating-point"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    parser.add_argument("--browsers", type=int, default=2, help="browsers at a time")
    parser.add_argument(
        "--candidates",
        default="sweep",
        help="sweep, grid, or names such as 192x108/32x24/30+30, with commas between them",
    )
    options = parser.parse_args()
    chosen, choice, pages = points(options.candidates), prove_renderer(options.gpu), Pages()
    with (
        real_pairs(options.presets, options.pairs, options.seed) as pairs,
        CpuMeter() as meter,
        bar("reference") as line,
    ):
        bench = StudyBench(pairs.jobs, choice, home, options.browsers, meter)
        study(bench, chosen, line, pages)
    pages.write(home / "report.md")
    console.print(f"as Markdown: {home / 'report.md'}")


if __name__ == "__main__":
    main()
