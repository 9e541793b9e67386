"""Throughput of a Ray fleet next to one browser in a plain loop, in one run, on the same pairs.

Rates are taken between the first and the last pair of each contestant, so that starting Ray and
browsers does not count; CPU seconds are those of all processes that this one started.
"""

import argparse
import contextlib
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

from aivj.audio.click import click_track
from aivj.audio.samples import time_bytes
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Executor
from aivj.fleet.cluster import cluster
from aivj.fleet.rendering import RayExecutor
from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets
from aivj.pipeline.rendering import RenderOptions, prove_renderer
from aivj.sampling.jobs import prepare_jobs
from aivj.sampling.render_settings import RenderSettings
from aivj.sampling.worker import PairJob, PairWorker, PairWorkerPlan
from aivj.settings import Settings
from aivj.stage.conversion import PresetConverter

console = Console()


def real_jobs(presets: Path, num_pairs: int, seed: int) -> list[PairJob]:
    """Draws real pairs and converts them."""
    with TemporaryDirectory() as folder, PresetConverter(Settings().conversion_cache) as converter:
        drawn = draw_coupled_pack(
            scan_presets(presets),
            pack="bench",
            num_pairs=num_pairs,
            seed=seed,
            packs_root=Path(folder),
            generated_at=datetime.now(UTC),
            accept=lambda _, data: not converter.convert(data).degraded,
        )
        return prepare_jobs("bench", drawn.manifest.pairs, Path(folder), converter.convert).jobs


def cpu_s() -> float:
    """CPU seconds so far of this process and all that it started and that still live."""
    total = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def race(name: str, executor: Executor, plan: PairWorkerPlan, jobs: Iterable[PairJob]) -> list[str]:
    """Renders all jobs and returns a row of figures."""
    started: tuple[float, float] | None = None
    num_pairs = 0
    with contextlib.closing(executor.run(partial(PairWorker, plan), jobs)) as outcomes:
        for outcome in outcomes:
            if started is None:
                started = (time.monotonic(), cpu_s())
                continue
            num_pairs += outcome.result is not None
            ended = (time.monotonic(), cpu_s())
    assert started is not None
    wall, cpu = ended[0] - started[0], ended[1] - started[1]
    figures = (num_pairs / wall * 60, cpu / num_pairs, num_pairs / cpu)
    return [name, *(f"{figure:.2f}" for figure in figures)]


def main() -> None:
    """Prints a table of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    choice = prove_renderer(RenderOptions(gpu="auto"))
    settings = RenderSettings()
    clip = time_bytes(click_track(), round(settings.duration_s * 44_100))
    plan = PairWorkerPlan(
        launch=choice.plan,
        policy=choice.policy,
        expected=choice.report,
        settings=settings,
        clips={"0": clip},
        thumbnails=True,
    )
    jobs = real_jobs(options.presets, options.pairs, options.seed)
    table = Table("", "pairs/min", "CPU s/pair", "pairs/CPU s", title=choice.report.renderer)
    table.add_row(*race("one browser, no Ray", InProcessExecutor(1), plan, jobs))
    with cluster(num_cpus=4):
        for num_browsers in (1, 2):
            name = f"Ray, {num_browsers} browser{'s'[: num_browsers - 1]}"
            table.add_row(*race(name, RayExecutor(num_browsers), plan, jobs))
    console.print(table)


if __name__ == "__main__":
    main()
