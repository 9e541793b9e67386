"""A bench of Ray actors: one long-lived actor a slot, pulled from, and replaced when it dies.

Ray's own pools do not fit: `ActorPool` drops the item in flight when an actor dies, and Ray Data
builds its actors anew for each execution. What is decided about items is decided by
`aivj.executor.dispatch`; here it is only carried out.
"""

import contextlib
import math
import queue
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Generic

from aivj.errors import AivjError, InputError, RunError, WorkerLostError
from aivj.executor.loop import Bench, Joined, Message, Opened, Replied, Vanished, work
from aivj.executor.protocol import Event, Item, Outcome, Result, Worker, WorkPolicy
from aivj.executor.slot import Reply, Slot

_CLOSE_TIMEOUT_S = 6.0
_JOIN_TIMEOUT_S = 180.0
# 0.33 is meant as a third.
_SHARE_TOLERANCE = 0.01


class SlotActor(Generic[Item, Result]):
    """A slot as a Ray actor."""

    def __init__(self, make_worker: Callable[[], Worker[Item, Result]]) -> None:
        self._slot = Slot(make_worker)

    async def is_there(self) -> None:
        """Returns as soon as the actor has a place."""

    async def open(self) -> AivjError | None:
        """See `Slot.open`."""
        return await self._slot.open()

    async def attempt(self, item: Item, timeout_s: float) -> Reply[Result]:
        """See `Slot.attempt`."""
        return await self._slot.attempt(item, timeout_s)

    async def close(self) -> None:
        """See `Slot.close`."""
        await self._slot.close()


class RayExecutor:
    """Runs workers as actors of the Ray cluster that this process is connected to, or of its own.

    Args:
        num_workers: How many actors; more than fit wait until there is room.
        num_cpus: CPUs that each actor asks for.
        num_gpus: GPUs that each actor asks for: 0, a whole number, or 1/n of one.
        resources: Custom resources that each actor asks for, such as `{"browser_slot": 1}`.
        cluster: Opens a cluster for the length of a run, if there is none yet.

    Raises:
        InputError: `num_gpus` is another fraction: actors would share GPUs unevenly.
    """

    def __init__(
        self,
        num_workers: int,
        *,
        num_cpus: float = 1,
        num_gpus: float = 0,
        resources: Mapping[str, float] | None = None,
        cluster: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        _refuse_uneven(num_gpus)
        self.num_workers = num_workers
        self._cluster = cluster
        self._options: dict[str, Any] = {
            "num_cpus": num_cpus,
            "num_gpus": num_gpus,
            "resources": dict(resources or {}),
            "scheduling_strategy": "SPREAD",
            "max_restarts": 0,
            "max_task_retries": 0,
        }

    def run(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        items: Iterable[Item],
        *,
        policy: WorkPolicy = WorkPolicy(),  # noqa: B008 - frozen
        on_event: Callable[[Event[Item]], None] = lambda _: None,
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item; see `aivj.executor.protocol.Executor.run`."""
        with self._cluster():
            bench: _ActorBench[Item, Result] = _ActorBench(
                make_worker, self.num_workers, self._options
            )
            try:
                yield from work(bench, items, policy, on_event)
            finally:
                bench.close()


class _ActorBench(Bench[Item, Result], Generic[Item, Result]):
    """Actors by slot. A message of an actor that was replaced meanwhile is dropped."""

    def __init__(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        num_workers: int,
        options: Mapping[str, Any],
    ) -> None:
        import ray

        self.num_workers = num_workers
        self._asked_for = options
        self._actor_class: Any = ray.remote(**options)(SlotActor)
        # By reference, so that music and plan travel once to each node.
        self._recipe = ray.put(make_worker)
        self._arrived: queue.SimpleQueue[tuple[Any, Callable[[Any], Message[Result]], Any]] = (
            queue.SimpleQueue()
        )
        self._actors: dict[int, Any] = {}
        self._num_joined = 0
        self._started = self.now()
        for slot in range(num_workers):
            self._start(slot)

    def open_worker(self, slot: int) -> None:
        self._begin(slot, self._actors[slot].open, lambda error: Opened(slot, error))

    def run_item(self, slot: int, item: Item, timeout_s: float) -> None:
        attempt = self._actors[slot].attempt
        self._begin(slot, attempt, lambda reply: Replied(slot, reply), item, timeout_s)

    def replace(self, slot: int) -> None:
        import ray

        ray.kill(self._actors[slot], no_restart=True)
        self._start(slot)

    def wait(self, timeout_s: float | None) -> Sequence[Message[Result]]:
        limits = [timeout_s] if timeout_s is not None else []
        if self._num_joined == 0:
            limits.append(max(0.0, self._started + _JOIN_TIMEOUT_S - self.now()))
        messages: list[Message[Result]] = []
        with contextlib.suppress(queue.Empty):
            self._receive(messages, self._arrived.get(timeout=min(limits, default=None)))
            while True:
                self._receive(messages, self._arrived.get_nowait())
        if self._num_joined == 0 and self.now() - self._started >= _JOIN_TIMEOUT_S:
            raise self._no_room()
        return messages

    def now(self) -> float:
        return time.monotonic()

    def close(self) -> None:
        """Lets the workers close, then ends their processes."""
        import ray

        actors = list(self._actors.values())
        with contextlib.suppress(ray.exceptions.RayError):
            ray.wait(
                [actor.close.remote() for actor in actors],
                num_returns=len(actors),
                timeout=_CLOSE_TIMEOUT_S,
            )
        for actor in actors:
            ray.kill(actor, no_restart=True)

    def _start(self, slot: int) -> None:
        self._actors[slot] = self._actor_class.remote(self._recipe)
        self._begin(slot, self._actors[slot].is_there, lambda _: Joined(slot))

    def _begin(
        self, slot: int, method: Any, message: Callable[[Any], Message[Result]], *arguments: object
    ) -> None:
        actor = self._actors[slot]
        reference = method.remote(*arguments)
        # Ray calls back on a thread of its own; `ray.wait` would cost time for every slot.
        reference.future().add_done_callback(
            lambda future: self._arrived.put(((slot, actor), message, future))
        )

    def _receive(
        self,
        messages: list[Message[Result]],
        arrived: tuple[Any, Callable[[Any], Message[Result]], Any],
    ) -> None:
        import ray

        (slot, actor), message, future = arrived
        if self._actors[slot] is not actor:
            return
        try:
            received = message(future.result())
        except ray.exceptions.RayActorError as error:
            found = str(error).strip().partition("\n")[0]
            messages.append(Vanished(slot, WorkerLostError.because("dead-actor", found)))
            self._start(slot)
            return
        self._num_joined += isinstance(received, Joined)
        messages.append(received)

    def _no_room(self) -> RunError:
        import ray

        available: dict[str, float] = ray.available_resources()  # type: ignore[no-untyped-call]
        asked = {
            "CPU": self._asked_for["num_cpus"],
            "GPU": self._asked_for["num_gpus"],
            **self._asked_for["resources"],
        }
        return RunError(
            f"room for a browser in the cluster within {_JOIN_TIMEOUT_S:.0f} s: {asked}",
            f"{available} available",
            "ask for less, add nodes, or wait for the other jobs to end",
        )


def _refuse_uneven(num_gpus: float) -> None:
    is_whole = num_gpus >= 0 and num_gpus == int(num_gpus)
    is_share = 0 < num_gpus < 1 and math.isclose(
        1 / num_gpus, round(1 / num_gpus), rel_tol=_SHARE_TOLERANCE
    )
    if not is_whole and not is_share:
        raise InputError(
            "GPUs for each browser as a whole number or as 1/n of one",
            f"{num_gpus:g}",
            "choose for example 0.5, 0.333 or 0.25",
        )
