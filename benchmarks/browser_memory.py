"""Does a browser grow? The memory that one browser holds after each of many real presets."""

import argparse
import asyncio
import statistics
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from aivj.cli.console import bar
from aivj.errors import ItemError, WorkerLostError
from aivj.executor.protocol import WorkPolicy
from aivj.takes.render import TakeJob, TakePlan, TakeWorker
from aivj.takes.settings import RenderSettings
from benchmarks.goals import Goal, print_goals
from benchmarks.real_pairs import LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer, stage_plan

_NUM_COMPARED = 100
_MAX_GROWTH = 0.1
_BARS = "▁▂▃▄▅▆▇█"
_NUM_BARS = 25


class OpenWorker(TakeWorker):
    """A worker that tells what its browser holds."""

    def memory_bytes(self) -> int:
        """Returns anonymous memory of all its processes; see `BrowserSession.memory_bytes`."""
        return self._browser.memory_bytes()


async def memory_after_each(
    plan: TakePlan, jobs: Sequence[TakeJob], num_presets: int, on_preset: Callable[[int], None]
) -> tuple[list[float], int]:
    """Draws `num_presets` presets, `jobs` over and over, in one browser.

    Returns:
        MB held after each preset, and how many failed.

    Raises:
        WorkerLostError: The browser did not last.
    """
    worker, held_mb, num_failed = OpenWorker(plan), [], 0
    try:
        await worker.open()
        for job in islice(cycle(jobs), num_presets):
            try:
                await worker.run(job, WorkPolicy().deadline_s)
            except WorkerLostError:
                raise
            except ItemError:
                num_failed += 1
            held_mb.append(worker.memory_bytes() / 1e6)
            on_preset(len(held_mb))
    finally:
        await worker.close()
    return held_mb, num_failed


def sparkline(values: Sequence[float]) -> str:
    """Returns one bar for each of some equal parts, between their least and greatest mean."""
    size = max(1, len(values) // _NUM_BARS)
    means = [statistics.fmean(values[at : at + size]) for at in range(0, len(values), size)]
    low, high = min(means), max(means)
    step = (high - low) / (len(_BARS) - 1) or 1.0
    return "".join(_BARS[round((mean - low) / step)] for mean in means)


def print_course(held_mb: Sequence[float]) -> None:
    """Prints mean and peak of every hundred presets."""
    table = Table("presets", "mean MB", "most MB")
    for start in range(0, len(held_mb), _NUM_COMPARED):
        part = held_mb[start : start + _NUM_COMPARED]
        mean, most = statistics.fmean(part), max(part)
        table.add_row(f"{start + 1}-{start + len(part)}", f"{mean:.0f}", f"{most:.0f}")
    console.print(table)
    console.print(f"{sparkline(held_mb)}  {min(held_mb):.0f} to {max(held_mb):.0f} MB")


def main() -> None:
    """Prints the course of memory, and whether its end is above its beginning."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--num", type=int, default=2000)
    parser.add_argument("--distinct", type=int, default=200, help="presets that are repeated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    options = parser.parse_args()
    num_distinct = num_warmup = options.distinct
    if options.num < num_warmup + 2:
        parser.error(
            f"--num: {num_warmup + 2} or more, since a browser keeps something of each of the "
            f"{num_warmup} different presets when it first draws it"
        )

    choice = prove_renderer(options.gpu)
    with (
        TemporaryDirectory() as takes,
        real_pairs(options.presets, (num_distinct + 1) // 2, options.seed) as pairs,
        bar("memory") as line,
    ):
        plan = stage_plan(choice, RenderSettings(), takes)
        held_mb, num_failed = asyncio.run(
            memory_after_each(
                plan, pairs.layers, options.num, lambda num: line.update(num, options.num)
            )
        )
    warm = held_mb[num_warmup:]
    num_compared = min(_NUM_COMPARED, len(warm) // 2)
    first, last = statistics.fmean(warm[:num_compared]), statistics.fmean(warm[-num_compared:])
    print_course(held_mb)
    console.print(
        f"{choice.report.renderer}; {len(held_mb)} presets, {num_failed} failed; first "
        f"{num_compared} after warm-up {first:.0f} MB, last {num_compared} {last:.0f} MB"
    )
    growth = Goal("growth", last / first - 1, _MAX_GROWTH, is_floor=False, form=".1%")
    print_goals([growth])
    if not growth.is_reached:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
