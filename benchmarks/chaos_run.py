"""One sampling run under fire: killed, resumed, and watched until it ends or takes too long."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.runs.directory import RunDirectory
from benchmarks.chaos_killer import DRIVER, Kill, Killer
from benchmarks.chaos_processes import SampleProcesses, told

PACK = "real"
NUM_WORKERS = 2
_TICK_S = 0.2
_GONE_TIMEOUT_S = 30.0
_SIZE = ("--width", "160", "--height", "90", "--warmup-frames", "10", "--measure-frames", "20")


@dataclass
class Ended:
    """How a run ended.

    Attributes:
        kills: What was killed.
        duration_s: From the first start to the last end.
        gone_after_s: How long processes lived on after the driver was killed, and after the end.
        problems: What should not have happened; empty if all went well.
    """

    kills: list[Kill] = field(default_factory=list)
    duration_s: float = 0.0
    gone_after_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ChaosRun:
    """A run directory and the command that fills it.

    Attributes:
        home: The folder everything of it lies under.
        name: Name of its run directory.
        temp_dir: For temporary files of its processes.
    """

    home: Path
    name: str
    temp_dir: Path

    @property
    def out_dir(self) -> Path:
        """The run directory."""
        return self.home / self.name

    @property
    def takes(self) -> Path:
        """Its own store of takes: another run would find everything drawn."""
        return self.home / f"takes-{self.name}"

    def command(self, *extra: str) -> list[str]:
        """Returns the command that samples the pack of `home` completely."""
        return [
            *(sys.executable, "-m", "aivj.cli", "--home", str(self.home), "sample"),
            *("--pack", PACK, "--gpu", "software", "--target-coverage", "1", *_SIZE),
            *("--workers", str(NUM_WORKERS), "--takes", str(self.takes)),
            *("--out-dir", str(self.out_dir), *extra),
        ]

    @property
    def directory(self) -> RunDirectory:
        """Where its rows and failures lie."""
        return RunDirectory(self.out_dir)

    def rows(self) -> list[EvalRow]:
        """Reads the measured pairs."""
        return self.directory.rows()

    def failures(self) -> list[FailureRow]:
        """Reads the failed pairs."""
        return self.directory.failures()

    def num_done(self) -> int:
        """Counts the pairs that have ended, the last line's whether it is whole or not."""
        paths = (self.directory.eval_path, self.directory.failures_path)
        return sum(path.read_bytes().count(b"\n") for path in paths if path.exists())


def run_in_peace(run: ChaosRun, limit_s: float) -> Ended:
    """Runs without Ray and without kills, as what the others are compared with."""
    processes = SampleProcesses(run.temp_dir)
    ended, started = Ended(), time.monotonic()
    driver = processes.start(run.command("--executor", "in-process"), run.home / "peace.log")
    try:
        if driver.wait(limit_s) != 0:
            ended.problems.append(f"the undisturbed run ended with {driver.returncode}")
    except subprocess.TimeoutExpired:
        ended.problems.append(f"the undisturbed run was not done after {limit_s:.0f} s")
    finally:
        processes.kill()
        driver.wait()
    ended.duration_s = time.monotonic() - started
    return ended


def run_under_fire(
    run: ChaosRun, killer: Killer, limit_s: float, on_tick: Callable[[int, Kill | None], None]
) -> Ended:
    """Runs on Ray with `killer` at work; a killed driver is started again with `--resume`."""
    processes = SampleProcesses(run.temp_dir)
    ended, started = Ended(kills=killer.kills), time.monotonic()
    extra: tuple[str, ...] = ("--executor", "ray")
    try:
        while _drive(run, extra, processes, killer, started + limit_s, ended, on_tick):
            extra = ("--executor", "ray", "--resume")
    finally:
        processes.kill()
    ended.duration_s = time.monotonic() - started
    if not killer.is_done:
        ended.problems.append("the run ended before everything planned was killed")
    return ended


def _drive(
    run: ChaosRun,
    extra: tuple[str, ...],
    processes: SampleProcesses,
    killer: Killer,
    deadline: float,
    ended: Ended,
    on_tick: Callable[[int, Kill | None], None],
) -> bool:
    """Runs one driver to its end; tells whether it was killed and is to be started again."""
    driver = processes.start(run.command(*extra), run.home / "fire.log")
    is_killed = False
    while driver.poll() is None:
        if time.monotonic() > deadline:
            ended.problems.append(f"hung: {run.num_done()} pairs done at the time limit")
            driver.kill()
            driver.wait()
            return False
        kill = killer.tick(processes, driver.pid, run.num_done())
        on_tick(run.num_done(), kill)
        if kill is not None and kill.kind == DRIVER:
            is_killed = True
            driver.wait()
        else:
            time.sleep(_TICK_S)
    _wait_until_gone(processes, ended)
    if is_killed:
        killer.kills[-1].replaced_s = time.monotonic() - killer.kills[-1].at
        return True
    if driver.returncode != 0:
        ended.problems.append(f"`aivj sample` ended with {driver.returncode}")
    return False


def _wait_until_gone(processes: SampleProcesses, ended: Ended) -> None:
    started = time.monotonic()
    while left := processes.living():
        if time.monotonic() - started > _GONE_TIMEOUT_S:
            ended.problems += [f"still running: {told(process)}" for process in left]
            processes.kill()
            break
        time.sleep(_TICK_S)
    ended.gone_after_s.append(time.monotonic() - started)
