"""A bench in this process: every slot is a task of one event loop."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from typing import Any, Generic

from aivj.executor.loop import Bench, Joined, Message, Opened, Replied, work
from aivj.executor.protocol import Event, Item, Outcome, Result, Worker, WorkPolicy
from aivj.executor.slot import Slot


class InProcessExecutor:
    """Runs workers as tasks of an event loop in this process."""

    def __init__(self, num_workers: int = 1) -> None:
        self.num_workers = num_workers

    def run(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        items: Iterable[Item],
        *,
        policy: WorkPolicy = WorkPolicy(),  # noqa: B008 - frozen
        on_event: Callable[[Event[Item]], None] = lambda _: None,
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item; see `aivj.executor.protocol.Executor.run`."""
        with asyncio.Runner() as runner:
            bench = _TaskBench(runner, make_worker, self.num_workers)
            try:
                yield from work(bench, items, policy, on_event)
            finally:
                runner.run(bench.close())


class _TaskBench(Bench[Item, Result], Generic[Item, Result]):
    """Slots whose tasks go on while `wait` runs."""

    def __init__(
        self,
        runner: asyncio.Runner,
        make_worker: Callable[[], Worker[Item, Result]],
        num_workers: int,
    ) -> None:
        self.num_workers = num_workers
        self._runner = runner
        self._make_worker = make_worker
        self._slots = {slot: Slot(make_worker) for slot in range(num_workers)}
        self._messages: asyncio.Queue[Message[Result]] = asyncio.Queue()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        for slot in range(num_workers):
            self._messages.put_nowait(Joined(slot))

    def open_worker(self, slot: int) -> None:
        async def open_worker() -> Message[Result]:
            return Opened(slot, await self._slots[slot].open())

        self._begin(slot, open_worker())

    def run_item(self, slot: int, item: Item, timeout_s: float) -> None:
        async def attempt() -> Message[Result]:
            return Replied(slot, await self._slots[slot].attempt(item, timeout_s))

        self._begin(slot, attempt())

    def replace(self, slot: int) -> None:
        self.end(slot)
        self._slots[slot] = Slot(self._make_worker)
        self._messages.put_nowait(Joined(slot))

    def move(self, slot: int) -> None:
        self.replace(slot)

    def end(self, slot: int) -> None:
        task, old = self._tasks.pop(slot, None), self._slots.pop(slot)

        async def close() -> None:
            if task is not None:
                await _cancelled(task)
            await old.close()

        closing = self._runner.get_loop().create_task(close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def wait(self, timeout_s: float | None) -> Sequence[Message[Result]]:
        return self._runner.run(self._wait(timeout_s))

    def now(self) -> float:
        return time.monotonic()

    async def close(self) -> None:
        for task in self._tasks.values():
            await _cancelled(task)
        await asyncio.gather(*self._closing, *(slot.close() for slot in self._slots.values()))

    async def _wait(self, timeout_s: float | None) -> list[Message[Result]]:
        messages = []
        with contextlib.suppress(TimeoutError):
            messages.append(await asyncio.wait_for(self._messages.get(), timeout_s))
        while not self._messages.empty():
            messages.append(self._messages.get_nowait())
        return messages

    def _begin(self, slot: int, operation: Coroutine[Any, Any, Message[Result]]) -> None:
        async def report() -> None:
            self._messages.put_nowait(await operation)

        self._tasks[slot] = self._runner.get_loop().create_task(report())


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
