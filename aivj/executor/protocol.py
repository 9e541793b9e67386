"""The small protocol that long work is written against: items, workers, outcomes.

A room that renders or probes many things describes one worker and a list of items; an executor
gives back an outcome for each item as it finishes, in any order. `InProcessExecutor` runs here,
`aivj.fleet` runs the same on Ray. Retry is decided in this module alone: an item whose worker
was lost is tried again, on a fresh worker, up to `MAX_ATTEMPTS` times; any other failure is final.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Callable, Generator, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from aivj.errors import AivjError, ItemError, WorkerLostError

MAX_ATTEMPTS = 3

Item = TypeVar("Item", bound=Hashable)
Item_contra = TypeVar("Item_contra", contravariant=True)
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Worker(Protocol[Item_contra, Result_co]):
    """One long-lived worker, for example a browser. Its methods share one event loop."""

    async def open(self) -> None:
        """Gets ready. Called once, before the first item."""

    async def run(self, item: Item_contra) -> Result_co:
        """Does one item.

        Raises:
            WorkerLostError: The worker is no longer fit for use and will be replaced.
            ItemError: The item failed; the worker is still good.
        """

    async def close(self) -> None:
        """Lets go of everything. Called after a loss too; must not raise."""


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """What became of an item: a result, or the error that ended its last attempt."""

    item: Item
    result: Result | None
    error: ItemError | None
    num_attempts: int


class Executor(Protocol):
    """Runs items on workers and gives back outcomes as they finish."""

    def run(
        self, make_worker: Callable[[], Worker[Item, Result]], items: Iterable[Item]
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item. Closing the iterator stops all workers.

        Raises:
            AivjError: Work cannot be done at all, for example no renderer of the kind asked for.
        """


class Slot(Generic[Item, Result]):
    """A place in which one worker lives at a time; a lost worker is replaced at the next item."""

    def __init__(self, make_worker: Callable[[], Worker[Item, Result]]) -> None:
        self._make_worker = make_worker
        self._worker: Worker[Item, Result] | None = None

    async def attempt(self, item: Item) -> Result | ItemError:
        """Tries `item` once. An `ItemError` is returned, any other `AivjError` raised."""
        try:
            if self._worker is None:
                self._worker = self._make_worker()
                await self._worker.open()
            return await self._worker.run(item)
        except WorkerLostError as error:
            await self.close()
            return error
        except ItemError as error:
            return error
        except AivjError:
            await self.close()
            raise
        except Exception as error:  # noqa: BLE001 - the task boundary: recorded, never swallowed
            await self.close()
            return WorkerLostError.because("worker-error", f"{type(error).__name__}: {error}")

    async def close(self) -> None:
        """Closes the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()


class Attempts(Generic[Item, Result]):
    """Counts attempts and decides what each reply means."""

    def __init__(self) -> None:
        self._num_tried: Counter[Item] = Counter()

    def settle(self, item: Item, reply: Result | ItemError) -> Outcome[Item, Result] | None:
        """Returns the outcome of `item`, or None when it is to be tried again."""
        self._num_tried[item] += 1
        num_attempts = self._num_tried[item]
        if not isinstance(reply, ItemError):
            return Outcome(item, reply, None, num_attempts)
        if isinstance(reply, WorkerLostError) and num_attempts < MAX_ATTEMPTS:
            return None
        return Outcome(item, None, reply, num_attempts)


class InProcessExecutor:
    """Runs workers as tasks of an event loop in this process."""

    def __init__(self, num_workers: int = 1) -> None:
        self._num_workers = num_workers

    def run(
        self, make_worker: Callable[[], Worker[Item, Result]], items: Iterable[Item]
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item; see `Executor.run`."""
        queue = deque(items)
        attempts: Attempts[Item, Result] = Attempts()
        with asyncio.Runner() as runner:
            idle = [Slot(make_worker) for _ in range(self._num_workers)]
            slots = list(idle)
            running: dict[asyncio.Task[Result | ItemError], tuple[Slot[Item, Result], Item]] = {}

            async def step() -> list[Outcome[Item, Result]]:
                while idle and queue:
                    slot, item = idle.pop(), queue.popleft()
                    running[asyncio.ensure_future(slot.attempt(item))] = (slot, item)
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                outcomes = []
                for task in done:
                    slot, item = running.pop(task)
                    idle.append(slot)
                    outcome = attempts.settle(item, task.result())
                    if outcome is None:
                        queue.append(item)
                    else:
                        outcomes.append(outcome)
                return outcomes

            async def stop() -> None:
                for task in running:
                    task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.gather(*running, return_exceptions=True)
                for slot in slots:
                    await slot.close()

            try:
                while queue or running:
                    yield from runner.run(step())
            finally:
                runner.run(stop())
