"""Who does what, and what a silence or a loss means. Decides only: no clock, no input, no output.

Slots pull: each has one item at most, and the next one is taken from the stream when a slot is
free. So fast slots do more, nothing has to be known about them, and memory does not grow with the
work. Every decision costs the same whether there are two slots or a thousand.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic

from aivj.errors import AivjError, ItemError, RestartLimitError, WorkerLostError
from aivj.executor.commands import Command, EndSlot, MoveSlot, OpenWorker, RunItem
from aivj.executor.pace import Pace
from aivj.executor.protocol import (
    Event,
    Item,
    ItemReissued,
    Outcome,
    Result,
    WorkerEnded,
    WorkerOpened,
    WorkerReplaced,
    WorkPolicy,
)
from aivj.executor.slot import Reply


@dataclass
class _Try(Generic[Item]):
    """An item that has been begun and not settled.

    Attributes:
        item: The item.
        slots: Where it is being tried now.
        num_ended: Attempts that have ended.
        num_taken: Attempts that ended with the place they were made in, and do not count.
        is_reissued: Whether it was called a straggler; it is only once.
    """

    item: Item
    slots: set[int] = field(default_factory=set)
    num_ended: int = 0
    num_taken: int = 0
    is_reissued: bool = False


@dataclass
class _Busy(Generic[Item]):
    """What a slot is at: an item, or opening a worker if that is None."""

    work: _Try[Item] | None
    since: float
    due: float


class Dispatcher(Generic[Item, Result]):
    """The state of one piece of work.

    Times are seconds of any clock that does not go back.

    Args:
        items: The stream of items.
        num_workers: How many slots may join.
        policy: When to stop waiting.
        on_event: Called for what happens to workers.
    """

    def __init__(
        self,
        items: Iterable[Item],
        num_workers: int,
        policy: WorkPolicy,
        on_event: Callable[[Event[Item]], None],
    ) -> None:
        self._source: Iterator[Item] | None = iter(items)
        self._policy = policy
        self._on_event = on_event
        self._max_losses = policy.max_losses_in_a_row + 2 * num_workers
        self._to_open: deque[int] = deque()
        self._free: deque[int] = deque()
        self._busy: dict[int, _Busy[Item]] = {}
        self._open_tries: dict[Item, _Try[Item]] = {}
        self._again: deque[_Try[Item]] = deque()
        self._due: list[tuple[float, int]] = []
        self._pace = Pace(policy)
        self._num_losses = 0
        self._leaving: dict[int, str] = {}
        self._to_move: deque[int] = deque()
        self._idle_since: dict[int, float] = {}

    @property
    def is_done(self) -> bool:
        """Whether every item has its outcome."""
        return self._source is None and not self._open_tries

    def joined(self, slot: int) -> None:
        """A slot is there, without a worker."""
        self._to_open.append(slot)

    def commands(self, now: float) -> Iterator[Command[Item]]:
        """Yields what is to be begun now."""
        while self._to_move:
            yield MoveSlot(self._to_move.popleft())
        while self._to_open:
            slot = self._to_open.popleft()
            if self._free and self._has_begun_all:
                yield self._end_slot(slot)
                continue
            self._begin(slot, None, now, self._policy.open_deadline_s)
            yield OpenWorker(slot)
        while self._free:
            work = self._next_work() or self._straggler(now)
            if work is None:
                break
            slot = self._free.popleft()
            work.slots.add(slot)
            timeout_s = self._pace.timeout_s(is_first=work.num_ended == 0)
            self._begin(slot, work, now, timeout_s + self._policy.grace_s)
            yield RunItem(slot, work.item, timeout_s)
        yield from self._end_idle(now)

    def leaving(self, slot: int, reason: str) -> None:
        """A slot's place will be gone soon: its item may end there, and nothing is begun there."""
        busy = self._busy.get(slot)
        if busy is not None and busy.work is not None:
            self._leaving[slot] = reason
            return
        for waiting in (self._to_open, self._free):
            if slot in waiting:
                waiting.remove(slot)
        self._busy.pop(slot, None)
        self._move(slot, reason)

    def opened(self, slot: int, error: AivjError | None) -> None:
        """A worker has opened, or could not.

        Raises:
            AivjError: No worker can.
            RestartLimitError: Too many were lost in a row.
        """
        del self._busy[slot]
        if error is None:
            self._on_event(WorkerOpened(slot))
            self._free.append(slot)
            return
        if not isinstance(error, ItemError):
            raise error
        self._lost(slot, error)
        self._to_open.append(slot)

    def replied(self, slot: int, reply: Reply[Result]) -> Outcome[Item, Result] | None:
        """An attempt has ended. Returns its item's outcome if it is settled. Raises as `opened`."""
        value, work = reply.value, self._end(slot)
        if isinstance(value, AivjError) and not isinstance(value, ItemError):
            raise value
        if isinstance(value, WorkerLostError):
            self._lost(slot, value)
        else:
            self._num_losses = 0
            if reply.worn is not None:
                self._on_event(WorkerReplaced(slot, "worn", reply.worn))
        if (leaves := self._leaving.pop(slot, None)) is not None:
            self._move(slot, leaves)
        elif isinstance(value, WorkerLostError) or reply.worn is not None:
            self._to_open.append(slot)
        else:
            self._free.append(slot)
        if not isinstance(value, AivjError):
            self._pace.add(reply.duration_s)
        return self._settle(work, value, slot, reply.duration_s)

    def vanished(
        self, slot: int, error: WorkerLostError, *, with_place: bool = False
    ) -> Outcome[Item, Result] | None:
        """A slot is gone with all that it was at; it may join again. Raises as `opened`.

        Args:
            slot: Which.
            error: How it ended.
            with_place: Whether what the slot stood on is gone or cannot be reached: that says
                nothing of its item, which is tried elsewhere as if it had not been begun.
        """
        busy = self._busy.pop(slot, None)
        self._leaving.pop(slot, None)
        for waiting in (self._to_open, self._free):
            if slot in waiting:
                waiting.remove(slot)
        if with_place:
            self._on_event(WorkerReplaced(slot, "node-lost", error.found))
        else:
            self._lost(slot, error)
        if busy is None or busy.work is None:
            return None
        work = busy.work
        work.slots.discard(slot)
        if with_place and work.num_taken < self._policy.max_taken:
            work.num_taken += 1
            self._again_if_nowhere(work)
            return None
        return self._settle(work, error, slot, 0.0)

    def overdue(self, now: float) -> list[int]:
        """Returns the slots that have not answered in time: to be killed, then `vanished`."""
        slots = []
        while self._due and self._due[0][0] <= now:
            due, slot = heapq.heappop(self._due)
            busy = self._busy.get(slot)
            if busy is not None and busy.due == due:
                slots.append(slot)
        return slots

    def wait_s(self, now: float) -> float | None:
        """Returns after how long something may be overdue or straggling; None for never."""
        while self._due and not self._is_current(*self._due[0]):
            heapq.heappop(self._due)
        times = [self._due[0][0]] if self._due else []
        if self._free and self._source is None:
            alone = [busy.since for busy in self._busy.values() if _may_straggle(busy)]
            times += [min(alone) + self._pace.straggling_after_s()] if alone else []
            if len(self._free) > 1 and self._idle_since:
                times.append(min(self._idle_since.values()) + self._policy.idle_s)
        soonest = min(times, default=math.inf)
        return max(0.0, soonest - now) if soonest < math.inf else None

    def _is_current(self, due: float, slot: int) -> bool:
        busy = self._busy.get(slot)
        return busy is not None and busy.due == due

    def _begin(self, slot: int, work: _Try[Item] | None, now: float, limit_s: float) -> None:
        self._busy[slot] = _Busy(work, now, now + limit_s)
        heapq.heappush(self._due, (now + limit_s, slot))

    def _end(self, slot: int) -> _Try[Item]:
        work = self._busy.pop(slot).work
        assert work is not None  # noqa: S101 - only attempts are replied to
        work.slots.discard(slot)
        return work

    def _next_work(self) -> _Try[Item] | None:
        if self._again:
            return self._again.popleft()
        if self._source is None:
            return None
        try:
            item = next(self._source)
        except StopIteration:
            self._source = None
            return None
        work = self._open_tries[item] = _Try(item)
        return work

    def _straggler(self, now: float) -> _Try[Item] | None:
        """Returns the item that a single slot has been at for longest, if that is too long."""
        alone = [busy for busy in self._busy.values() if _may_straggle(busy)]
        busy = min(alone, key=lambda busy: busy.since, default=None)
        if busy is None or busy.work is None or busy.since + self._pace.straggling_after_s() > now:
            return None
        busy.work.is_reissued = True
        self._on_event(ItemReissued(busy.work.item, self._free[0]))
        return busy.work

    def _settle(
        self, work: _Try[Item], value: Result | ItemError, slot: int, duration_s: float
    ) -> Outcome[Item, Result] | None:
        if self._open_tries.get(work.item) is not work:
            return None  # Another slot was faster.
        work.num_ended += 1
        if isinstance(value, ItemError) and work.num_ended < self._policy.max_attempts(value):
            self._again_if_nowhere(work)
            return None
        if isinstance(value, WorkerLostError) and work.slots:
            return None  # Another slot is still at it.
        del self._open_tries[work.item]
        result, error = (None, value) if isinstance(value, ItemError) else (value, None)
        return Outcome(work.item, result, error, work.num_ended, slot, duration_s)

    def _again_if_nowhere(self, work: _Try[Item]) -> None:
        if not work.slots and self._open_tries.get(work.item) is work:
            self._again.append(work)

    @property
    def _has_begun_all(self) -> bool:
        return self._source is None and not self._again

    def _end_idle(self, now: float) -> Iterator[EndSlot]:
        """Ends slots that nothing is left for; one stays, for what fails or straggles.

        A slot that lives holds its place: a node that should be scaled down, memory of browsers.
        """
        if not self._has_begun_all or self.is_done:
            self._idle_since.clear()
            return
        self._idle_since = {slot: self._idle_since.get(slot, now) for slot in self._free}
        while len(self._free) > 1 and now >= self._idle_since[self._free[0]] + self._policy.idle_s:
            yield self._end_slot(self._free.popleft())

    def _end_slot(self, slot: int) -> EndSlot:
        self._idle_since.pop(slot, None)
        self._on_event(WorkerEnded(slot))
        return EndSlot(slot)

    def _move(self, slot: int, reason: str) -> None:
        self._on_event(WorkerReplaced(slot, "draining", reason))
        self._to_move.append(slot)

    def _lost(self, slot: int, error: ItemError) -> None:
        self._num_losses += 1
        self._on_event(WorkerReplaced(slot, error.kind, error.found))
        if self._num_losses > self._max_losses:
            raise RestartLimitError(
                "workers that live until their items are done",
                f"{self._num_losses} lost in a row, the last one: {error.found}",
                "run `aivj doctor`, then resume",
            )


def _may_straggle(busy: _Busy[Item]) -> bool:
    return busy.work is not None and not busy.work.is_reissued
