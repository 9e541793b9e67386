"""How many pairs a minute: the classic protocol, one browser here, one and two browsers under Ray.

All in one run, on the same real pairs and renderer. Rates are taken from the first outcome of each
contestant to its last, so that starting Ray and browsers does not count; CPU seconds are those of
all processes that this one started.
"""

import argparse
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.table import Table

from aivj.cli.console import bar
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Executor, Outcome
from aivj.fleet.cluster import cluster
from aivj.fleet.rendering import RayExecutor
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan
from aivj.takes.settings import RenderSettings
from benchmarks.classic_protocol import race_classic
from benchmarks.cpu_meter import CpuMeter
from benchmarks.goals import Goal, print_goals
from benchmarks.laps import Lap, Race, difference
from benchmarks.real_pairs import LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer, stage_plan

_FEWEST = 2


def race(
    name: str,
    executor: Executor,
    plan: PairWorkerPlan,
    jobs: Sequence[PairJob],
    *,
    meter: CpuMeter,
    on_lap: Callable[[int], None],
) -> Race:
    """Renders all jobs."""
    laps: list[Lap] = []
    cpu_s: list[dict[str, float]] = []
    with contextlib.closing(executor.run(partial(PairWorker, plan), jobs)) as outcomes:
        for outcome in outcomes:
            laps.append(_lap(outcome, plan.settings))
            on_lap(len(laps))
            if len(laps) in {1, len(jobs)}:
                cpu_s.append(meter.read())
    return Race(name, executor.num_workers, laps, difference(cpu_s[-1], cpu_s[0]))


def _lap(outcome: Outcome[PairJob, PairResult], settings: RenderSettings) -> Lap:
    now, result = time.monotonic(), outcome.result
    if result is None:
        return Lap(now, outcome.duration_s, failed=True)
    num_frames = settings.warmup_frames + settings.measure_frames
    frames_s = result.render_ms_per_frame * num_frames / 1000
    return Lap(now, outcome.duration_s, result.load_ms / 1000, frames_s)


def print_rates(races: Sequence[Race], title: str) -> None:
    """Prints how fast each contestant was, and how far ahead of the first."""
    table = Table(
        "", "pairs", "failed", "pairs/min", "times (a)", "CPU s/pair", "outside", title=title
    )
    for contestant in races:
        table.add_row(
            contestant.name,
            str(len(contestant.laps)),
            str(contestant.num_failed),
            f"{contestant.pairs_per_min:.1f}",
            f"{contestant.pairs_per_min / races[0].pairs_per_min:.2f}",
            f"{contestant.cpu_s_per_pair:.2f}",
            f"{contestant.outside_share:.1%}" if contestant is not races[0] else "",
        )
    console.print(table)


def print_times(races: Sequence[Race]) -> None:
    """Prints where a browser's time goes, of the contestants whose pages tell."""
    table = Table("seconds a pair", "loading", "frames", "call and measuring", "outside")
    for contestant in races:
        measured = [lap for lap in contestant.laps[1:] if not lap.failed]
        num = contestant.num_measured
        load_s = sum(lap.load_s for lap in measured) / num
        frames_s = sum(lap.frames_s for lap in measured) / num
        rest_s = sum(lap.duration_s for lap in measured) / num - load_s - frames_s
        outside_s = contestant.outside_share * contestant.num_workers * contestant.wall_s / num
        figures = (load_s, frames_s, rest_s, outside_s)
        table.add_row(contestant.name, *(f"{figure:.3f}" for figure in figures))
    console.print(table)


def print_cpu(races: Sequence[Race]) -> None:
    """Prints which processes use the CPU, and how fast the last contestant could be at best."""
    table = Table("CPU s/pair", *(contestant.name for contestant in races))
    for kind in sorted({kind for contestant in races for kind in contestant.cpu_s}):
        used = [contestant.cpu_s.get(kind, 0.0) / contestant.num_measured for contestant in races]
        table.add_row(kind, *(f"{figure:.3f}" for figure in used))
    console.print(table)
    num_cores, fleet = os.cpu_count() or 1, races[-1]
    best = 60 * num_cores / fleet.cpu_s_per_pair
    console.print(f"{fleet.name}: at most {best:.0f} pairs/min with {num_cores} cores of its own")


def main() -> None:
    """Lets the contestants run, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=120)
    parser.add_argument("--classic-pairs", type=int, default=30, help="it takes 2 s a pair")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    options = parser.parse_args()
    if min(options.pairs, options.classic_pairs) < _FEWEST:
        parser.error(f"{_FEWEST} pairs or more: a rate is taken from the first to the last")

    choice, settings = prove_renderer(options.gpu), RenderSettings()
    plan = stage_plan(choice, settings)
    load = os.getloadavg()[0]
    with (
        real_pairs(options.presets, options.pairs, options.seed) as pairs,
        CpuMeter() as meter,
        bar("classic") as line,
    ):
        races = [
            race_classic(
                "(a) classic, 1 page",
                pairs,
                options.classic_pairs,
                choice=choice,
                settings=settings,
                meter=meter,
                on_lap=lambda num: line.update(num, options.classic_pairs),
            )
        ]

        def run(name: str, executor: Executor) -> None:
            line.begin(name)
            on_lap = partial(line.update, num_total=options.pairs)
            races.append(race(name, executor, plan, pairs.jobs, meter=meter, on_lap=on_lap))

        run("(b') 1 browser", InProcessExecutor(1))
        with cluster(num_cpus=4):
            run("(b) Ray, 1 actor", RayExecutor(1))
            run("(c) Ray, 2 actors", RayExecutor(2))
    title = f"{choice.report.renderer}, {settings.width}x{settings.height}, load before {load:.1f}"
    print_rates(races, title)
    print_times(races[1:])
    print_cpu(races)
    classic, fleet = races[0], races[-1]
    print_goals(
        [
            Goal("(c) pairs/min, on an idle machine", fleet.pairs_per_min, 150, form=".1f"),
            Goal("(c) times (a)", fleet.pairs_per_min / classic.pairs_per_min, 6),
            Goal("(c) CPU s/pair", fleet.cpu_s_per_pair, 0.7, is_floor=False),
            Goal("(c) outside rendering", fleet.outside_share, 0.1, is_floor=False, form=".1%"),
        ],
    )


if __name__ == "__main__":
    main()
