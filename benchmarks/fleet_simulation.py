"""Does the driver keep up with a thousand slots that crash and hang? In real time, rows on disk.

The workers are simulated, everything else is the real thing: the dispatcher, the loop, the
deadlines, and a row of `eval.jsonl` for every pair, read back at the end. `--pair-s` and
`--together` ask what a driver bears: seconds of a pair, and pairs in one message to a worker.
"""

import argparse
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from rich.table import Table

from aivj.cli.console import bar
from aivj.contracts.eval_rows import EvalLog, EvalRow, read_eval_rows
from aivj.contracts.run_folder import EVAL_NAME
from aivj.executor.in_process import InProcessExecutor
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console
from benchmarks.simulated_fleet import Faults, Ledger, SimulatedWorker

_PACK = "simulated"
_LOOK_EVERY_S = 0.25


@dataclass
class Course:
    """What the driver's process used, from the start to the end that was asked for.

    Attributes:
        rss_mb: Resident memory at every look.
        cpu_s: CPU seconds.
    """

    rss_mb: list[float] = field(default_factory=list)
    cpu_s: float = 0.0


@dataclass
class Tally:
    """Pairs by what became of them."""

    issued: int = 0
    done: int = 0
    failed: int = 0
    retried: int = 0


def simulate(
    num_workers: int, ledger: Ledger, faults: Faults, log: EvalLog, seed: int, together: int = 1
) -> tuple[Tally, Course]:
    """Hands out pairs until the ledger's end, `together` to a worker; waits for the last."""
    tally, course, process = Tally(), Course(), psutil.Process()
    random = np.random.default_rng(seed)

    def numbers() -> Iterator[int]:
        for number in count():
            if ledger.is_over:
                return
            tally.issued += together
            yield number

    cpu_before_s = _cpu_s(process)
    next_look_s = 0.0
    executor = InProcessExecutor(num_workers)
    run = executor.run(lambda: SimulatedWorker(faults, ledger, random), numbers())
    with contextlib.closing(run) as outcomes, bar("simulating") as line:
        for outcome in outcomes:
            tally.retried += together * (outcome.num_attempts > 1)
            if outcome.result is None:
                tally.failed += together
            else:
                tally.done += together
                first = outcome.result * together
                for pair in range(first, first + together):
                    log.append(simulated_row(pair))
            now = time.monotonic()
            if now >= next_look_s and now < ledger.end_s:
                next_look_s = now + _LOOK_EVERY_S
                course.rss_mb.append(process.memory_info().rss / 1e6)
                course.cpu_s = _cpu_s(process) - cpu_before_s
                line.update(round(now - ledger.start_s), round(ledger.end_s - ledger.start_s), "s")
    return tally, course


def simulated_row(pair: int) -> EvalRow:
    """Returns a row with as many figures as a real one."""
    measured = {
        name: 0.123456789
        for name in EvalRow.model_fields
        if name.startswith(("viz_", "pm_", "composite_", "audio_r", "audio_alignment"))
    }
    row = {"t_ms": 0, "pack": _PACK, "pair": pair, "ok_heuristic": True, "reasons": []}
    return EvalRow.model_validate({**row, **measured, "driver": "stage"})


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def report(
    num_workers: int, ledger: Ledger, tally: Tally, course: Course, rows: list[int | None]
) -> list[Goal]:
    """Prints what happened and returns the goals."""
    duration_s = ledger.end_s - ledger.start_s
    slots_s = num_workers * duration_s
    efficiency = ledger.useful_s / slots_s
    spent_s = ledger.useful_s + ledger.opening_s + ledger.lost_s
    third = max(1, len(course.rss_mb) // 3)
    first_mb, last_mb = max(course.rss_mb[:third]), max(course.rss_mb[-third:])
    table = Table(f"{num_workers} slots, {duration_s:.0f} s", "")
    for name, value in (
        ("pairs handed out", f"{tally.issued}"),
        ("measured, failed", f"{tally.done}, {tally.failed}"),
        ("tried more than once", f"{tally.retried}"),
        ("rows, different pairs in them", f"{len(rows)}, {len(set(rows))}"),
        ("useful share of the slots' time", f"{efficiency:.1%}"),
        ("opening", f"{ledger.opening_s / slots_s:.1%}"),
        ("lost to crashes and deadlines", f"{ledger.lost_s / slots_s:.1%}"),
        ("idle or late", f"{1 - spent_s / slots_s:.1%}"),
        ("best possible with these faults", f"{ledger.useful_s / spent_s:.1%}"),
        ("driver's share of a core", f"{course.cpu_s / duration_s:.0%}"),
        ("peak memory, first third, last third", f"{first_mb:.0f} MB, {last_mb:.0f} MB"),
    ):
        table.add_row(name, value)
    console.print(table)
    num_lost = tally.issued - tally.failed - len(set(rows))
    return [
        Goal("efficiency of the best possible", spent_s / slots_s, 0.95, form=".1%"),
        Goal("pairs lost", num_lost, 0, is_floor=False, form=".0f"),
        Goal("rows written twice", len(rows) - len(set(rows)), 0, is_floor=False, form=".0f"),
        Goal("driver's share of a core", course.cpu_s / duration_s, 1, is_floor=False, form=".0%"),
        Goal("growth of peak memory", last_mb / first_mb - 1, 0.1, is_floor=False, form=".1%"),
    ]


def main() -> None:
    """Simulates, reads the rows back, and prints what became of the slots' time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--pair-s", type=float, default=Faults.pair_s)
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / EVAL_NAME
        with EvalLog(path) as log:
            ledger = Ledger(options.seconds)
            faults = Faults(pair_s=options.pair_s * options.together)
            tally, course = simulate(
                options.slots, ledger, faults, log, options.seed, options.together
            )
        read = read_eval_rows(path)
    goals = report(options.slots, ledger, tally, course, [row.pair for row in read.rows])
    goals.append(Goal("broken rows", read.num_bad_lines, 0, is_floor=False, form=".0f"))
    print_goals(goals)


if __name__ == "__main__":
    main()
