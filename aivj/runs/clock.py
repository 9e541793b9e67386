"""Time as a run sees it; a test can give it another one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """Two clocks: one that people read, and one that never goes back.

    Attributes:
        wall_s: Seconds since 1970.
        monotonic_s: Seconds since some moment.
    """

    wall_s: Callable[[], float] = time.time
    monotonic_s: Callable[[], float] = time.monotonic

    def now(self) -> datetime:
        """Returns the time of day, in UTC."""
        return datetime.fromtimestamp(self.wall_s(), UTC)

    def now_ms(self) -> int:
        """Returns Unix milliseconds."""
        return int(self.wall_s() * 1000)
