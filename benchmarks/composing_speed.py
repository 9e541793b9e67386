"""Pairs composed and measured a minute: one by one, in batches, and all with all."""

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.table import Table

from aivj.cli.console import bar
from aivj.settings import Settings
from aivj.takes.batch import pair_figures
from aivj.takes.cells import Bytes, LayerCells
from aivj.takes.compose import compose
from aivj.takes.figures import measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.screen import screen
from aivj.takes.settings import RenderSettings
from aivj.takes.table import LayerTable
from benchmarks.drawn_pairs import DrawnPairs
from benchmarks.goals import Goal, print_goals
from benchmarks.real_pairs import CLIP, LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer, stage_plan

_WANTED_A_MINUTE = 60_000
_WANTED_SCREEN_S = 180
_WANTED_EXACT_S = 120
_NUM_EXACT = 100_000
_SCREENED_LAYERS = 2000
_WANTED_GB = 4
_NOISE = 3
_ONE_BY_ONE = 10
"""Of how many pairs one is measured alone, which takes longer."""


@dataclass(frozen=True)
class Pace:
    """How fast something went.

    Attributes:
        name: What.
        num_pairs: Pairs done.
        wall_s: Time on the clock.
        cpu_s: Of this process.
    """

    name: str
    num_pairs: int
    wall_s: float
    cpu_s: float

    @property
    def pairs_a_minute(self) -> float:
        """By the clock."""
        return 60 * self.num_pairs / self.wall_s

    @property
    def cpu_ms_a_pair(self) -> float:
        """CPU time of all threads."""
        return 1000 * self.cpu_s / self.num_pairs


def timed(name: str, num_pairs: int, work: Callable[[], object]) -> Pace:
    """Does the work and returns its pace."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return Pace(name, num_pairs, time.perf_counter() - wall_s, time.process_time() - cpu_s)


def noisy(layers: Sequence[LayerCells], num_layers: int, seed: int) -> Iterator[LayerCells]:
    """Yields layers over and over, a little noise on each, so that no two are the same."""
    rng = np.random.default_rng(seed)

    def varied(frames: Bytes) -> Bytes:
        noise = rng.integers(-_NOISE, _NOISE + 1, frames.shape[1:], np.int16)
        return np.asarray(np.clip(frames + noise, 0, 255), np.uint8)

    for number in range(num_layers):
        layer = layers[number % len(layers)]
        yield LayerCells(varied(layer.music), varied(layer.silence))


def paces(
    layers: Sequence[LayerCells], settings: RenderSettings, heard: Heard, num_pairs: int
) -> list[Pace]:
    """Measures random pairs of the layers one by one, and in batches."""
    table = LayerTable.of(layers, len(layers), settings)
    rng = np.random.default_rng(0)
    fronts, backs = rng.integers(0, len(layers), (2, num_pairs))
    alone = list(zip(fronts, backs, strict=True))[::_ONE_BY_ONE]

    def one_by_one() -> None:
        for front, back in alone:
            measure_pair(compose(layers[front], layers[back]), settings, heard)

    found = [timed("one by one", len(alone), one_by_one)]
    # After an installation this compiles, for some seconds.
    pair_figures(table, fronts[:1], backs[:1], heard)
    for num_threads in (1, 2):
        batch = partial(pair_figures, table, fronts, backs, heard, num_threads=num_threads)
        found.append(timed(f"batch, {num_threads} threads", num_pairs, batch))
    some = slice(None, None, _ONE_BY_ONE)
    on_torch = partial(pair_figures, table, fronts[some], backs[some], heard, device="cpu")
    found.append(timed("batch, torch on a CPU", len(alone), on_torch))
    return found


def screening(layers: Sequence[LayerCells], settings: RenderSettings, num_layers: int) -> Pace:
    """Screens all pairs of as many layers."""
    table = LayerTable.of(noisy(layers, num_layers, seed=0), num_layers, settings)
    num_threads = os.cpu_count() or 1
    return timed(
        f"screen, {num_layers} x {num_layers}",
        num_layers**2,
        lambda: screen(table, table, num_threads=num_threads),
    )


def goals(found: Sequence[Pace], screened: Pace) -> list[Goal]:
    """Returns what is wanted beside what was found."""
    alone, _, batch, *_ = found
    exact_s = 60 * _NUM_EXACT / batch.pairs_a_minute
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    gain = alone.cpu_ms_a_pair / batch.cpu_ms_a_pair
    return [
        Goal("pairs a minute, two threads", batch.pairs_a_minute, _WANTED_A_MINUTE, form=",.0f"),
        Goal("CPU of one by one over that of a batch", gain, 6, form=".1f"),
        Goal("s for the screen", screened.wall_s, _WANTED_SCREEN_S, is_floor=False, form=".0f"),
        Goal("s for 100,000 pairs", exact_s, _WANTED_EXACT_S, is_floor=False, form=".0f"),
        Goal("GB at most", peak_gb, _WANTED_GB, is_floor=False, form=".1f"),
    ]


def main() -> None:
    """Prints paces of composing real pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--drawn", type=int, default=200, help="pairs whose layers are composed")
    parser.add_argument("--pairs", type=int, default=4000, help="pairs that are composed of them")
    parser.add_argument(
        "--screened", type=int, default=_SCREENED_LAYERS, help="layers, all with all"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    options = parser.parse_args()
    choice, settings = prove_renderer(options.gpu), RenderSettings()
    home = Settings().home / "bench" / "composition"
    with real_pairs(options.presets, options.drawn, options.seed) as pairs, bar("drawn") as line:
        drawn = DrawnPairs(choice, settings, home)
        cells = drawn.cells(pairs.jobs, lambda num: line.update(num, options.drawn))
    layers = [
        LayerCells(music, silence)
        for pair in cells.values()
        for music, silence in (
            (pair.music.foreground, pair.silence.foreground),
            (pair.music.background, pair.silence.background),
        )
    ]
    heard = Heard.of(stage_plan(choice, settings).clips[CLIP], settings)
    found = paces(layers, settings, heard, options.pairs)
    screened = screening(layers, settings, options.screened)
    table = Table("way", "pairs", "s", "CPU s", "pairs a minute", "CPU ms a pair")
    for pace in (*found, screened):
        table.add_row(
            pace.name,
            f"{pace.num_pairs:,}",
            f"{pace.wall_s:.1f}",
            f"{pace.cpu_s:.1f}",
            f"{pace.pairs_a_minute:,.0f}",
            f"{pace.cpu_ms_a_pair:.3f}",
        )
    console.print(table)
    reached = goals(found, screened)
    print_goals(reached)
    if not all(goal.is_reached for goal in reached):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
