"""When items were done, and the rates that follow. Times are seconds of a monotonic clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Lap:
    """A pair or a preset that is done.

    Attributes:
        at_s: When its outcome arrived.
        duration_s: How long its worker was at it.
        load_s: Of that, until the page could draw; 0 if that is not known, like the next.
        frames_s: Of that, for its frames.
        failed: Whether it could not be measured.
    """

    at_s: float
    duration_s: float
    load_s: float = 0.0
    frames_s: float = 0.0
    failed: bool = False


@dataclass(frozen=True)
class Race:
    """What one contestant did, from its first outcome to its last.

    Attributes:
        name: Who it was.
        num_workers: Browsers at a time.
        laps: Its items, at least two, as they arrived.
        cpu_s: CPU seconds from the first to the last, by kind of process.
    """

    name: str
    num_workers: int
    laps: Sequence[Lap]
    cpu_s: Mapping[str, float]

    @property
    def num_failed(self) -> int:
        """Items without a measurement."""
        return sum(lap.failed for lap in self.laps)

    @property
    def wall_s(self) -> float:
        """Seconds from the first outcome to the last."""
        return self.laps[-1].at_s - self.laps[0].at_s

    @property
    def per_min(self) -> float:
        """Items measured a minute; the first outcome starts the clock and does not count."""
        return 60 * self.num_measured / self.wall_s

    @property
    def cpu_s_each(self) -> float:
        """CPU seconds of all processes for each item measured."""
        return sum(self.cpu_s.values()) / self.num_measured

    @property
    def outside_share(self) -> float:
        """Share of the slots' time in which no worker was at an item, 0 to 1."""
        first, last = self.laps[0].at_s, self.laps[-1].at_s
        busy = sum(min(lap.at_s, last) - max(lap.at_s - lap.duration_s, first) for lap in self.laps)
        return 1 - busy / (self.num_workers * self.wall_s)

    @property
    def num_measured(self) -> int:
        """Items measured after the first outcome; 1 if there are none, so that rates are finite."""
        return max(1, sum(not lap.failed for lap in self.laps[1:]))


def difference(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """Returns what each kind of process has used in between."""
    return {kind: used - before.get(kind, 0.0) for kind, used in after.items()}
