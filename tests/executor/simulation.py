"""A bench on a clock of its own: workers that crash and hang by chance, nights in milliseconds."""

import heapq
import math
import random
from dataclasses import dataclass, field

from aivj.errors import WorkerLostError
from aivj.executor.loop import Bench, Joined, Leaving, Opened, Replied, Vanished
from aivj.executor.slot import Reply


@dataclass
class SimulatedBench(Bench):
    """Slots that take `run_s` an item; `speeds` makes some faster, `fate` decides what becomes.

    `fate(item, rng)` returns `done`, `crash` (half way), `hang` (until the time-out), `deaf`
    (beyond it), `die` (the whole slot) or `sink` (with the node it stands on). `leaving_at` has
    when the nodes of slots begin to drain.
    """

    num_workers: int
    run_s: float = 1.0
    open_s: float = 0.5
    fate: object = lambda _item, _rng: "done"
    speeds: dict = field(default_factory=dict)
    seed: int = 0
    leaving_at: dict = field(default_factory=dict)
    time: float = 0.0

    def __post_init__(self):
        self.useful_s = 0.0
        self.num_runs = 0
        self.num_replaced = 0
        self.runs = []
        self.moved_at = {}
        self.ended = []
        self._rng = random.Random(self.seed)
        self._queue = [(self.time, slot, 0, Joined(slot)) for slot in range(self.num_workers)]
        self._generation = dict.fromkeys(range(self.num_workers), 0)
        self._counter = self.num_workers
        for slot, at in self.leaving_at.items():
            self._send(at, Leaving(slot, "its node drains"))

    def open_worker(self, slot):
        self._send(self.open_s, Opened(slot, None))

    def run_item(self, slot, item, timeout_s):
        self.num_runs += 1
        self.runs.append((self.time, slot, item))
        duration_s = self.run_s / self.speeds.get(slot, 1.0)
        match self.fate(item, self._rng):
            case "done":
                self.useful_s += duration_s
                self._send(duration_s, Replied(slot, Reply(item, duration_s)))
            case "crash":
                lost = WorkerLostError.because("browser-crash", "by chance")
                self._send(duration_s / 2, Replied(slot, Reply(lost, duration_s / 2)))
            case "hang":
                lost = WorkerLostError.because("hung-page", "by chance")
                self._send(timeout_s, Replied(slot, Reply(lost, timeout_s)))
            case "die":
                lost = WorkerLostError.because("dead-actor", "by chance")
                self._send(duration_s / 2, Vanished(slot, lost))
                self._send(duration_s / 2 + 3, Joined(slot))
            case "sink":
                lost = WorkerLostError.because("dead-actor", "by chance")
                self._send(duration_s / 2, Vanished(slot, lost, with_place=True))
                self._send(duration_s / 2 + 3, Joined(slot))
            case "deaf":
                pass

    def replace(self, slot):
        self.num_replaced += 1
        self._generation[slot] += 1
        self._send(3.0, Joined(slot))

    def move(self, slot):
        self.moved_at[slot] = self.time
        self._generation[slot] += 1
        self._send(3.0, Joined(slot))

    def end(self, slot):
        self.ended.append(slot)
        self._generation[slot] += 1

    def wait(self, timeout_s):
        until = float("inf") if timeout_s is None else self.time + timeout_s
        messages = []
        while self._queue and not messages and self._queue[0][0] <= until:
            self.time, _, generation, message = heapq.heappop(self._queue)
            if generation == self._generation[message.slot]:
                messages.append(message)
        if not messages:
            assert until < float("inf"), "everything waits and nothing will come"
            # At least a little: a sum may round to just before what it should reach.
            self.time = math.nextafter(max(self.time, until), math.inf)
        return messages

    def now(self):
        return self.time

    def _send(self, after_s, message):
        self._counter += 1
        generation = self._generation[message.slot]
        heapq.heappush(self._queue, (self.time + after_s, self._counter, generation, message))
