"""Workers that only wait, crash and hang, and a ledger of what their slots' time went into."""

import asyncio
import time
from dataclasses import dataclass

import numpy as np

from aivj.errors import WorkerLostError


@dataclass(frozen=True)
class Faults:
    """What simulated workers do.

    Attributes:
        open_s: Seconds that a worker takes to open.
        pair_s: Mean seconds for a pair; each takes up to `spread` more or less.
        spread: See `pair_s`, as a share of it.
        crash_share: Share of attempts that end half-way with a lost worker.
        hang_share: Share of attempts that end with their deadline and a lost worker.
    """

    open_s: float = 0.5
    pair_s: float = 1.0
    spread: float = 0.2
    crash_share: float = 0.02
    hang_share: float = 0.01


class Ledger:
    """Seconds that slots spent between a start and an end, by what for.

    What is booked is what a worker meant to wait. What the driver lets it wait longer, and the time
    between two pairs, is in none of the sums.
    """

    def __init__(self, duration_s: float) -> None:
        self.start_s = time.monotonic()
        self.end_s = self.start_s + duration_s
        self.useful_s = 0.0
        self.opening_s = 0.0
        self.lost_s = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the end has come."""
        return time.monotonic() >= self.end_s

    def until_end(self, duration_s: float) -> float:
        """Returns how much of `duration_s` from now on lies before the end."""
        return max(0.0, min(duration_s, self.end_s - time.monotonic()))


class SimulatedWorker:
    """Spends time as a browser would. Its items are numbers."""

    def __init__(self, faults: Faults, ledger: Ledger, random: np.random.Generator) -> None:
        self._faults = faults
        self._ledger = ledger
        self._random = random

    async def open(self) -> None:
        """See `aivj.executor.protocol.Worker.open`."""
        self._ledger.opening_s += self._ledger.until_end(self._faults.open_s)
        await asyncio.sleep(self._faults.open_s)

    async def run(self, item: int, timeout_s: float) -> int:
        """Returns the item; see `aivj.executor.protocol.Worker.run`."""
        faults, ledger = self._faults, self._ledger
        fate = self._random.random()
        pair_s = faults.pair_s * (1 + faults.spread * self._random.uniform(-1, 1))
        if fate < faults.hang_share:
            ledger.lost_s += ledger.until_end(timeout_s)
            await asyncio.sleep(timeout_s)
            raise WorkerLostError.because("hung-page", f"no answer in {timeout_s:.0f} s")
        if fate < faults.hang_share + faults.crash_share:
            ledger.lost_s += ledger.until_end(pair_s / 2)
            await asyncio.sleep(pair_s / 2)
            raise WorkerLostError.because("page-crash", "the page crashed")
        ledger.useful_s += ledger.until_end(pair_s)
        await asyncio.sleep(pair_s)
        return item

    def worn(self) -> str | None:
        """See `aivj.executor.protocol.Worker.worn`."""
        return None

    async def close(self) -> None:
        """See `aivj.executor.protocol.Worker.close`."""
