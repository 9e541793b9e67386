"""Work on Ray that tells of itself while it goes on: metrics, and a log record of each attempt.

Workers count where they are, so that each node exports its own; the driver tells how the run
stands. Records go to Python's logging with fields (`run`, `item`, `outcome`, `seconds` and so on);
with `RAY_LOGGING_CONFIG_ENCODING=JSON` Ray writes them as JSON, beside them the ids of job, node,
worker and actor.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from aivj.browser.profiles import GpuPolicy
from aivj.browser.renderer import RendererReport
from aivj.errors import ItemError
from aivj.executor.protocol import (
    Event,
    Executor,
    Item,
    ItemReissued,
    Outcome,
    Result,
    Worker,
    WorkerEnded,
    WorkerOpened,
    WorkerReplaced,
    WorkPolicy,
)
from aivj.fleet import metrics
from aivj.runs.progress import SampleProgress

DONE = "done"
"""The outcome of an attempt that did not fail."""

# Ray exports every ten seconds what was set since.
_BEAT_EVERY_S = 5.0
_log = logging.getLogger("aivj.fleet")
# Else warnings would appear on the terminal of whoever has set up no logging.
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Named:
    """What an item is called in metrics and logs.

    Attributes:
        work: What kind of work it is; few different ones.
        item: Which one.
    """

    work: str
    item: str


class MeteredExecutor:
    """An executor on Ray whose workers and driver tell of themselves.

    Args:
        inner: The executor.
        run: What the work is called; a label of all metrics.
        named: Tells what an item is called; goes to the workers, so it can be pickled.
    """

    def __init__(self, inner: Executor, run: str, named: Callable[[Any], Named]) -> None:
        self._inner = inner
        self._run = run
        self._named = named

    @property
    def num_workers(self) -> int:
        """See `Executor.num_workers`."""
        return self._inner.num_workers

    def run(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        items: Iterable[Item],
        *,
        policy: WorkPolicy = WorkPolicy(),  # noqa: B008 - frozen
        on_event: Callable[[Event[Item]], None] = lambda _: None,
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item; see `Executor.run`."""
        ready: set[int] = set()
        ended: set[int] = set()

        def tell(event: Event[Item]) -> None:
            self._tell(event, ready, ended)
            on_event(event)

        metrics.WORKERS_WANTED.put(self.num_workers, self._run)
        metrics.WORKERS_READY.put(0, self._run)
        metered = partial(MeteredWorker, make_worker, self._run, self._named)
        try:
            yield from self._inner.run(metered, items, policy=policy, on_event=tell)
        finally:
            metrics.WORKERS_WANTED.put(0, self._run)
            metrics.WORKERS_READY.put(0, self._run)

    def _tell(self, event: Event[Item], ready: set[int], ended: set[int]) -> None:
        match event:
            case WorkerOpened(slot):
                ready.add(slot)
            case WorkerReplaced(slot, kind, reason):
                ready.discard(slot)
                metrics.WORKERS_REPLACED.add(1, self._run, kind)
                fields = {"run": self._run, "slot": slot, "kind": kind, "reason": reason}
                _log.warning("worker replaced", extra=fields)
            case WorkerEnded(slot):
                ready.discard(slot)
                # Nothing is left for it: that it is not there is no lack of room.
                ended.add(slot)
            case ItemReissued(item, slot):
                metrics.ITEMS_REISSUED.add(1, self._run)
                fields = {"run": self._run, "slot": slot, "item": self._named(item).item}
                _log.warning("item given to a second worker", extra=fields)
        metrics.WORKERS_READY.put(len(ready), self._run)
        metrics.WORKERS_WANTED.put(self.num_workers - len(ended), self._run)


class MeteredWorker(Generic[Item, Result]):
    """A worker that counts its attempts where it lives, and logs each."""

    def __init__(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        run: str,
        named: Callable[[Any], Named],
    ) -> None:
        self._inner = make_worker()
        self._run = run
        self._named = named

    async def open(self) -> None:
        """See `Worker.open`."""
        await self._inner.open()

    async def run(self, item: Item, timeout_s: float) -> Result:
        """See `Worker.run`."""
        started_s, outcome = time.monotonic(), "worker-error"
        try:
            result = await self._inner.run(item, timeout_s)
            outcome = DONE
        except ItemError as error:
            outcome = error.kind
            raise
        finally:
            self._tell(item, outcome, time.monotonic() - started_s)
        return result

    def worn(self) -> str | None:
        """See `Worker.worn`."""
        return self._inner.worn()

    async def close(self) -> None:
        """See `Worker.close`."""
        await self._inner.close()

    def _tell(self, item: Item, outcome: str, seconds: float) -> None:
        named = self._named(item)
        metrics.ITEMS.add(1, self._run, named.work, outcome)
        metrics.ITEM_SECONDS.add(seconds, self._run, named.work)
        level = logging.INFO if outcome == DONE else logging.WARNING
        fields = {
            "run": self._run,
            "work": named.work,
            "item": named.item,
            "outcome": outcome,
            "seconds": round(seconds, 3),
        }
        _log.log(level, "attempt ended", extra=fields)


@contextlib.contextmanager
def run_told(
    run: str, report: RendererReport, policy: GpuPolicy, *, every_s: float = _BEAT_EVERY_S
) -> Iterator[None]:
    """Tells, for the block, that a driver works, and what draws for it; keeps all gauges told.

    A driver that is killed leaves `RUN_ACTIVE` at 1 and then silence; one that ends says 0.

    Args:
        run: What the work is called.
        report: What draws.
        policy: What was asked for.
        every_s: How often it is told again.
    """
    renderer = (report.renderer_class, report.renderer, report.chromium_version, policy)
    metrics.RENDERER.put(1, run, *renderer)
    metrics.RUN_ACTIVE.put(1, run)
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.is_set():
            metrics.DRIVER_BEAT.put(time.time(), run)
            metrics.tell_again()
            is_over.wait(every_s)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield
    finally:
        is_over.set()
        beating.join()
        metrics.RENDERER.put(0, run, *renderer)
        metrics.RUN_ACTIVE.put(0, run)
        metrics.forget(run)


def tell_progress(run: str, progress: SampleProgress) -> None:
    """Tells how far a sampling run is and what its rows are like."""
    metrics.PAIRS_DONE.put(progress.num_done, run)
    metrics.PAIRS_TARGET.put(progress.num_target, run)
    metrics.DARK_SHARE.put(progress.dark_share, run)
    metrics.STILL_SHARE.put(progress.still_share, run)
    metrics.DEAF_SHARE.put(progress.deaf_share, run)
    for kind, num in progress.failures.items():
        metrics.PAIRS_FAILED.put(num, run, kind)
