"""How many presets a minute, next to pairs drawn whole and to the classic protocol; and the rest.

All in one run, on the same real presets and renderer. Rates are taken from the first outcome of
each contestant to its last, so that starting Ray and browsers does not count; CPU seconds are those
of all processes that this one started. Then the pairs are sampled by the command itself, whose
presets are all drawn by then, and once more in other pairs.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from aivj.browser.choice import RendererChoice
from aivj.cli.console import bar
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    write_pairs_manifest,
)
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Executor
from aivj.fleet.cluster import cluster
from aivj.fleet.rendering import RayExecutor
from aivj.pipeline.known_renderer import KnownRenderer
from aivj.pipeline.render_options import RenderOptions
from aivj.takes.drawing import DrawOutcome
from aivj.takes.render import DrawJob, Kept, TakePlan, TakeWorker
from aivj.takes.settings import RenderSettings
from benchmarks.classic_protocol import race_classic
from benchmarks.cpu_meter import CpuMeter
from benchmarks.goals import Goal, print_goals
from benchmarks.laps import Lap, Race, difference
from benchmarks.real_pairs import LIBRARY, PACK, RealPairs, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer, stage_plan

_FEWEST = 2
_OTHER_PACK = "bench-turned"


def race(
    name: str,
    executor: Executor,
    plan: TakePlan,
    jobs: Iterable[DrawJob],
    *,
    meter: CpuMeter,
    on_lap: Callable[[int], None],
) -> Race:
    """Draws all jobs."""
    laps: list[Lap] = []
    items = list(jobs)
    cpu_s: list[dict[str, float]] = []
    with contextlib.closing(executor.run(partial(TakeWorker, plan), items)) as outcomes:
        for outcome in outcomes:
            laps.append(_lap(outcome))
            on_lap(len(laps))
            if len(laps) in {1, len(items)}:
                cpu_s.append(meter.read())
    return Race(name, executor.num_workers, laps, difference(cpu_s[-1], cpu_s[0]))


def _lap(outcome: DrawOutcome) -> Lap:
    now, result = time.monotonic(), outcome.result
    if isinstance(result, Kept):
        return Lap(now, outcome.duration_s, result.load_ms / 1000, result.render_ms / 1000)
    return Lap(now, outcome.duration_s, failed=result is None)


def print_rates(races: Sequence[Race], title: str) -> None:
    """Prints how fast each contestant was."""
    table = Table("", "items", "failed", "a minute", "CPU s each", "outside", title=title)
    for contestant in races:
        table.add_row(
            contestant.name,
            str(len(contestant.laps)),
            str(contestant.num_failed),
            f"{contestant.per_min:.1f}",
            f"{contestant.cpu_s_each:.3f}",
            f"{contestant.outside_share:.1%}" if contestant is not races[0] else "",
        )
    console.print(table)


def print_times(races: Sequence[Race]) -> None:
    """Prints where a browser's time goes, of the contestants whose pages tell."""
    table = Table("seconds a preset", "loading", "frames", "call and keeping", "outside")
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
    table = Table("CPU s each", *(contestant.name for contestant in races))
    for kind in sorted({kind for contestant in races for kind in contestant.cpu_s}):
        used = [contestant.cpu_s.get(kind, 0.0) / contestant.num_measured for contestant in races]
        table.add_row(kind, *(f"{figure:.3f}" for figure in used))
    console.print(table)
    num_cores, fleet = os.cpu_count() or 1, races[-1]
    best = 60 * num_cores / fleet.cpu_s_each
    console.print(f"{fleet.name}: at most {best:.0f} presets/min with {num_cores} cores of its own")


def write_turned(packs_root: Path) -> None:
    """Writes a pack of the same presets in other pairs: each foreground with the next background.

    The presets stay where they are: another pack's folder is linked in place of its own.
    """
    there = packs_root / "presets" / PACK
    turned = packs_root / "presets" / _OTHER_PACK
    turned.mkdir()
    for layer in ("fg", "bg"):
        (turned / layer).mkdir()
        for path in (there / layer).iterdir():
            (turned / layer / path.name).hardlink_to(path)
    pairs = read_pairs_manifest(there / PAIRS_MANIFEST_NAME).pairs
    urls = [(pair.fg_url, pairs[at - 1].bg_url) for at, pair in enumerate(pairs)]
    own = [[url.replace(f"/{PACK}/", f"/{_OTHER_PACK}/") for url in both] for both in urls]
    entries = [
        ManifestPair(pair=pair.pair, fg_url=foreground, bg_url=background)
        for pair, (foreground, background) in zip(pairs, own, strict=True)
    ]
    manifest = PairsManifest(pack=_OTHER_PACK, generated_at="2026-01-01T00:00:00Z", pairs=entries)
    write_pairs_manifest(turned / PAIRS_MANIFEST_NAME, manifest)


def time_of_sampling(home: Path, pack: str, choice: RendererChoice) -> float:
    """Samples a pack by the command; returns seconds from its start to its end."""
    out_dir = home / f"run-{pack}"
    words = ["sample", "--pack", pack, "--target-coverage", "1", "--out-dir", str(out_dir)]
    command = [sys.executable, "-m", "aivj.cli", "--home", str(home), *words]
    started = time.monotonic()
    subprocess.run([*command, "--gpu", choice.policy], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def sample_again(pairs: RealPairs, home: Path, choice: RendererChoice) -> list[Goal]:
    """Samples the pairs, and other pairs of their presets, which are all drawn."""
    (home / "public").symlink_to(pairs.packs_root)
    KnownRenderer(home, RenderOptions(gpu=choice.policy)).keep(choice)
    write_turned(pairs.packs_root)
    return [
        Goal(f"{name}, s with start", time_of_sampling(home, pack, choice), 3, is_floor=False)
        for name, pack in (("the same pairs", PACK), ("other pairs", _OTHER_PACK))
    ]


def main() -> None:
    """Lets the contestants run, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=120, help="of twice as many presets")
    parser.add_argument("--whole-pairs", type=int, default=60, help="drawn whole, as once all were")
    parser.add_argument("--classic-pairs", type=int, default=0, help="they take 2 s each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    options = parser.parse_args()
    if min(options.pairs, options.whole_pairs) < _FEWEST:
        parser.error(f"{_FEWEST} pairs or more: a rate is taken from the first to the last")

    choice, settings = prove_renderer(options.gpu), RenderSettings()
    load = os.getloadavg()[0]
    with (
        real_pairs(options.presets, options.pairs, options.seed) as pairs,
        TemporaryDirectory() as folder,
        CpuMeter() as meter,
        bar("whole") as line,
    ):
        home, races = Path(folder), []

        def run(name: str, executor: Executor, store: str, jobs: Sequence[DrawJob]) -> None:
            line.begin(name)
            on_lap = partial(line.update, num_total=len(jobs))
            plan = stage_plan(choice, settings, home / store)
            races.append(race(name, executor, plan, jobs, meter=meter, on_lap=on_lap))

        if options.classic_pairs:
            races.append(
                race_classic(
                    "classic, 1 page",
                    pairs,
                    options.classic_pairs,
                    choice=choice,
                    settings=settings,
                    meter=meter,
                    on_lap=lambda num: line.update(num, options.classic_pairs),
                )
            )
        whole = list(pairs.jobs.values())[: options.whole_pairs]
        run("(a) whole pairs, 2 browsers", InProcessExecutor(2), "none", whole)
        run("(b) presets, 1 browser", InProcessExecutor(1), "one", pairs.layers)
        run("(c) presets, 2 browsers", InProcessExecutor(2), "takes", pairs.layers)
        with cluster(num_cpus=4):
            run("(d) presets, Ray, 2 actors", RayExecutor(2), "ray", pairs.layers)
        line.begin("sampling what is drawn")
        again = sample_again(pairs, home, choice)
    title = f"{choice.report.renderer}, {settings.width}x{settings.height}, load before {load:.1f}"
    print_rates(races, title)
    print_times(races[-3:])
    print_cpu(races)
    pairs_race, takes_race, fleet = races[-4], races[-2], races[-1]
    page_s = takes_race.cpu_s.get("page", 0.0) / takes_race.num_measured
    print_goals(
        [
            Goal("(c) presets for one pair of (a)", takes_race.per_min / pairs_race.per_min, 1.9),
            Goal("(c) presets/min, on an idle machine", takes_race.per_min, 250, form=".1f"),
            Goal("(c) CPU s/preset", takes_race.cpu_s_each, 0.47, is_floor=False),
            Goal("(c) page CPU s/preset", page_s, 0.11, is_floor=False, form=".3f"),
            Goal("(d) outside drawing", fleet.outside_share, 0.05, is_floor=False, form=".1%"),
            *again,
        ],
    )


if __name__ == "__main__":
    main()
