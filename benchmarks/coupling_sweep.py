"""A sweep in populations, beside a Tune trial for each configuration.

The whole sweep (256 configurations, three seeds each) runs as `aivj sweep` runs it. Of the other
kind a few trials are run and their time is multiplied: all of them would take an hour.
"""

import argparse
import time
from dataclasses import replace

from rich.table import Table

from aivj.cli.console import bar
from aivj.coupling import FitConfig, TrainingSet
from aivj.fleet.cluster import cluster
from aivj.fleet.sweep import sweep_on_ray
from aivj.fleet.sweep_plan import SweepPlan
from benchmarks.coupling_training import synthetic_set
from benchmarks.cpu_meter import CpuMeter
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console

NUM_NEGATIVES = 5000
MOST_S = 180


def smaller(training_set: TrainingSet) -> TrainingSet:
    """Returns the set with as many negatives as `aivj sweep` draws by default."""
    rows = slice(0, len(training_set) - 50_000 + NUM_NEGATIVES)
    names = ("fg_index", "bg_index", "target", "source", "elite_class", "measured_luma")
    return replace(training_set, **{name: getattr(training_set, name)[rows] for name in names})


def timed(training_set: TrainingSet, plan: SweepPlan) -> tuple[float, float]:
    """Returns wall and CPU seconds of a sweep, without the start of Ray."""
    config = FitConfig(neg_samples=NUM_NEGATIVES, early_stopping=False)
    with CpuMeter() as meter, bar("trials") as progress:
        began, cpu_before = time.monotonic(), meter.read_all()
        sweep_on_ray(training_set, config, plan, use_gpu=False, report=progress.update)
        return time.monotonic() - began, meter.read_all() - cpu_before


def main() -> None:
    """Prints both kinds side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configs", type=int, default=256)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--single", type=int, default=6, help="trials of one configuration")
    options = parser.parse_args()
    training_set = smaller(synthetic_set(0))
    whole = SweepPlan(options.configs, options.seeds, num_trials=8, max_concurrent=2)
    single = SweepPlan(options.single, options.seeds, options.single, max_concurrent=2)
    with cluster(num_cpus=3):
        wall_s, cpu_s = timed(training_set, whole)
        single_wall_s, single_cpu_s = timed(training_set, single)
    factor = options.configs / options.single
    table = Table("sweep", "configurations", "wall s", "CPU s", "CPU s each")
    rows = (
        ("populations", options.configs, wall_s, cpu_s),
        ("a trial each", options.single, single_wall_s, single_cpu_s),
    )
    for name, count, wall, cpu in rows:
        table.add_row(name, str(count), f"{wall:.0f}", f"{cpu:.0f}", f"{cpu / count:.2f}")
    console.print(table)
    print_goals(
        [
            Goal(f"{options.configs} x {options.seeds}, wall s", wall_s, MOST_S, is_floor=False),
            Goal("a trial each / populations, CPU s", single_cpu_s * factor / cpu_s, 1),
        ]
    )


if __name__ == "__main__":
    main()
