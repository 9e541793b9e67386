"""Kills processes of a run at random moments, and sees what takes their place."""

import contextlib
import random
import time
from dataclasses import dataclass

import psutil

from benchmarks.chaos_processes import ACTOR, KINDS, SampleProcesses

DRIVER = "driver"
_MAX_DELAY_S = 1.5
# Kills come while this share of the pairs is done; the last ones come together, since what workers
# have in hand comes at once.
_FIRST_SHARE, _LAST_SHARE = 0.04, 0.7


@dataclass
class Kill:
    """One kill, and what became of it.

    Attributes:
        kind: What was killed.
        pid: Its number.
        at: When, in seconds of the clock.
        num_done: Pairs that had ended before.
        why: For a kill that was not drawn.
        replaced_s: After so many seconds there was another of its kind.
        next_done_s: After so many seconds another pair had ended.
    """

    kind: str
    pid: int
    at: float
    num_done: int
    why: str = "drawn"
    replaced_s: float | None = None
    next_done_s: float | None = None


@dataclass(frozen=True)
class _Planned:
    kind: str
    after_num_done: int
    delay_s: float


class Killer:
    """Carries out a seeded plan of kills, exactly one of which is the driver's.

    Args:
        seed: Decides what is killed, and when.
        num_kills: How many in all.
        num_pairs: Pairs of the run.
        renderer_limit_bytes: Each renderer that holds more is killed too, as the kernel does it
            on a small machine; these kills do not count as drawn.
    """

    def __init__(
        self, seed: int, *, num_kills: int, num_pairs: int, renderer_limit_bytes: int | None
    ) -> None:
        self.kills: list[Kill] = []
        self._plan = _plan(random.Random(seed), num_kills, num_pairs)  # noqa: S311 - a seeded plan
        self._due: float | None = None
        self._limit_bytes = renderer_limit_bytes
        self._known: set[psutil.Process] = set()

    @property
    def is_done(self) -> bool:
        """Whether everything planned has been killed."""
        return not self._plan

    def tick(self, processes: SampleProcesses, driver_pid: int, num_done: int) -> Kill | None:
        """Looks at what is there and kills what is due; returns the kill, if there was one."""
        now, there = time.monotonic(), processes.by_kind()
        self._see(there, num_done, now)
        self._known = {process for found in there.values() for process in found}
        for process in there["renderer"]:
            if self._limit_bytes is not None and _memory_bytes(process) > self._limit_bytes:
                return self._kill(Kill("renderer", process.pid, now, num_done, "out of memory"))
        # Without actors, a browser that is there is the one that proves the renderer.
        if not there[ACTOR] or not self._plan or num_done < self._plan[0].after_num_done:
            return None
        planned = self._plan[0]
        self._due = self._due or now + planned.delay_s
        victim = driver_pid if planned.kind == DRIVER else _busiest(there[planned.kind])
        if now < self._due or victim is None:
            return None
        self._due = None
        self._plan.pop(0)
        return self._kill(Kill(planned.kind, victim, now, num_done))

    def _kill(self, kill: Kill) -> Kill:
        with contextlib.suppress(psutil.Error):
            psutil.Process(kill.pid).kill()
        self.kills.append(kill)
        return kill

    def _see(self, there: dict[str, list[psutil.Process]], num_done: int, now: float) -> None:
        for kill in self.kills:
            if kill.next_done_s is None and num_done > kill.num_done:
                kill.next_done_s = now - kill.at
            fresh = set(there.get(kill.kind, ())) - self._known
            if kill.replaced_s is None and fresh:
                kill.replaced_s = now - kill.at


def _plan(rng: random.Random, num_kills: int, num_pairs: int) -> list[_Planned]:
    kinds = [KINDS[number % len(KINDS)] for number in range(num_kills - 1)]
    rng.shuffle(kinds)
    kinds.insert(rng.randint(num_kills // 3, 2 * num_kills // 3), DRIVER)
    times = sorted(rng.uniform(_FIRST_SHARE, _LAST_SHARE) * num_pairs for _ in kinds)
    return [
        _Planned(kind, max(1, int(after)), rng.uniform(0, _MAX_DELAY_S))
        for kind, after in zip(kinds, times, strict=True)
    ]


def _busiest(processes: list[psutil.Process]) -> int | None:
    """Returns the one that has worked most: a spare renderer would not be missed."""
    return max(processes, key=_cpu_s).pid if processes else None


def _cpu_s(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return float(process.cpu_times().user)
    return 0.0


def _memory_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
