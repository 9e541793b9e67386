"""Pairs composed of their layers' cells, beside the same pairs as the page draws them whole."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from aivj.cli.console import bar
from aivj.settings import Settings
from aivj.takes.cells import LayerCells, PairCells
from aivj.takes.compose import compose
from aivj.takes.figures import OnePair, PairFigures, measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings
from benchmarks.agreement import rank_correlation
from benchmarks.drawn_pairs import DrawnPairs
from benchmarks.goals import Goal, print_goals
from benchmarks.real_pairs import CLIP, LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer, stage_plan

_WANTED_SPEARMAN = 0.999
_WANTED_VERDICTS = 0.97
_COUNTED = frozenset({"flashes_per_s", "red_flashes_per_s", "flash_unsafe"})
"""Counts and verdicts; all other figures are means."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FigureAgreement:
    """One figure of composed pairs beside the same of drawn ones.

    Attributes:
        name: As in the rows.
        spearman: Rank correlation; NaN where all values are equal.
        differences: Composed less drawn, shape [num_pairs].
        drawn: Values of the drawn pairs, the same shape.
    """

    name: str
    spearman: float
    differences: Floats
    drawn: Floats

    @property
    def equal_share(self) -> float:
        """Share of pairs with the same value."""
        return float((self.differences == 0).mean())


def recomposed(drawn: PairCells) -> PairCells:
    """Returns a drawn pair composed anew of its layers."""
    music, silence = drawn.music, drawn.silence
    return compose(
        LayerCells(music.foreground, silence.foreground),
        LayerCells(music.background, silence.background),
    )


def agreements(composed: Sequence[OnePair], drawn: Sequence[OnePair]) -> list[FigureAgreement]:
    """Returns one agreement for each figure that composing decides."""
    found = []
    for name in (field.name for field in fields(PairFigures)):
        ours, theirs = (
            np.array([getattr(one, name) for one in measured], np.float64)
            for measured in (composed, drawn)
        )
        correlation = rank_correlation(ours.tolist(), theirs.tolist())
        found.append(FigureAgreement(name, correlation, ours - theirs, theirs))
    return found


def table(found: Sequence[FigureAgreement]) -> Table:
    """Returns a table with a row for each figure."""
    shown = Table("figure", "Spearman", "mean drawn", "mean difference", "95 % within", "most")
    for one in found:
        apart = np.abs(one.differences)
        shown.add_row(
            one.name,
            f"{one.spearman:.5f}",
            f"{one.drawn.mean():.4f}",
            f"{one.differences.mean():+.5f}",
            f"{np.quantile(apart, 0.95):.5f}",
            f"{apart.max():.5f}",
        )
    return shown


def goals(found: Sequence[FigureAgreement]) -> list[Goal]:
    """Returns what is wanted of the agreement beside what was found."""
    by_name = {one.name: one for one in found}
    means = [one for one in found if one.name not in _COUNTED]
    worst = min(means, key=lambda one: one.spearman)
    verdicts = by_name["flash_unsafe"].equal_share
    return [
        Goal(f"Spearman ({worst.name})", worst.spearman, _WANTED_SPEARMAN, form=".5f"),
        Goal("same flash verdict", verdicts, _WANTED_VERDICTS, form=".1%"),
    ]


def main() -> None:
    """Draws real pairs, composes them of their layers, and prints how the figures agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    parser.add_argument("--browsers", type=int, default=2, help="browsers at a time")
    options = parser.parse_args()
    choice, settings = prove_renderer(options.gpu), RenderSettings()
    home = Settings().home / "bench" / "composition"
    with real_pairs(options.presets, options.pairs, options.seed) as pairs, bar("drawn") as line:
        bench = DrawnPairs(choice, settings, home, options.browsers)
        cells = bench.cells(pairs.jobs, lambda num: line.update(num, options.pairs))
    heard = Heard.of(stage_plan(choice, settings).clips[CLIP], settings)
    drawn = [measure_pair(pair, settings, heard) for pair in cells.values()]
    composed = [measure_pair(recomposed(pair), settings, heard) for pair in cells.values()]
    found = agreements(composed, drawn)
    console.print(table(found))
    flashes = {one.name: one for one in found if one.name in _COUNTED}
    console.print(
        f"{choice.report.renderer}; {len(cells)} of {options.pairs} pairs; same "
        + ", ".join(f"{name} {one.equal_share:.1%}" for name, one in flashes.items())
    )
    reached = goals(found)
    print_goals(reached)
    if not all(goal.is_reached for goal in reached):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
