"""How long items take lately, and what is too long by that."""

import math
import statistics
from collections import deque

from aivj.executor.protocol import WorkPolicy

_NUM_RECENT = 200
_NUM_TO_JUDGE = 20


class Pace:
    """Durations of recent items, in seconds, and the limits that follow from them."""

    def __init__(self, policy: WorkPolicy) -> None:
        self._policy = policy
        self._recent: deque[float] = deque(maxlen=_NUM_RECENT)

    def add(self, duration_s: float) -> None:
        """An item was done."""
        self._recent.append(duration_s)

    def timeout_s(self, *, is_first: bool) -> float:
        """Returns how long an attempt may take; the first less, where the usual is known."""
        policy = self._policy
        if not is_first or len(self._recent) < _NUM_TO_JUDGE:
            return policy.deadline_s
        slow = sorted(self._recent)[int(0.95 * len(self._recent))]
        first = max(policy.first_deadline_min_s, policy.first_deadline_factor * slow)
        return min(policy.deadline_s, first)

    def straggling_after_s(self) -> float:
        """Returns after how long an item straggles; infinity while the usual is not known."""
        if len(self._recent) < _NUM_TO_JUDGE:
            return math.inf
        usual = statistics.median(self._recent)
        return max(self._policy.straggler_min_s, self._policy.straggler_factor * usual)
