"""A bench of Ray actors: one long-lived actor a slot, replaced when it dies or its node leaves.

Ray's own pools do not fit: `ActorPool` drops the item in flight when an actor dies, and Ray Data
builds its actors anew for each execution. What is decided about items is decided by
`aivj.executor.dispatch`; here it is only carried out.
"""

import contextlib
import heapq
import queue
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic

from aivj.errors import AivjError, RunError, WorkerLostError
from aivj.executor.loop import Bench, Joined, Leaving, Message, Opened, Replied, Vanished
from aivj.executor.protocol import Item, Result, Worker
from aivj.executor.slot import Reply, Slot
from aivj.fleet.draining import draining_nodes, is_alive

_CLOSE_TIMEOUT_S = 6.0
_JOIN_TIMEOUT_S = 180.0
_LOOK_EVERY_S = 1.0
# A node that is gone takes Ray some 12 s to notice, and it may send new actors there until then.
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


class SlotActor(Generic[Item, Result]):
    """A slot as a Ray actor."""

    def __init__(self, make_worker: Callable[[], Worker[Item, Result]]) -> None:
        self._slot = Slot(make_worker)

    async def is_there(self) -> str:
        """Returns the id of its node, as soon as the actor has a place."""
        import ray

        node: str = ray.get_runtime_context().get_node_id()
        return node

    async def open(self) -> AivjError | None:
        """See `Slot.open`."""
        return await self._slot.open()

    async def attempt(self, item: Item, timeout_s: float) -> Reply[Result]:
        """See `Slot.attempt`."""
        return await self._slot.attempt(item, timeout_s)

    async def close(self) -> None:
        """See `Slot.close`."""
        await self._slot.close()


class ActorBench(Bench[Item, Result], Generic[Item, Result]):
    """Actors by slot. A message of an actor that was replaced meanwhile is dropped.

    Ray waits for actors to leave a node that drains, so the nodes are looked at every second.
    """

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
        self._nodes: dict[int, str] = {}
        self._leaving: set[int] = set()
        self._closing: list[tuple[float, Any, Any]] = []
        self._to_start: list[tuple[float, int]] = []
        self._pauses: dict[int, float] = {}
        self._next_look = 0.0
        self._num_joined = 0
        self._started = self.now()
        for slot in range(num_workers):
            self._start(slot)

    def open_worker(self, slot: int) -> None:
        """See `Bench.open_worker`."""
        self._begin(slot, self._actors[slot].open, lambda error: Opened(slot, error))

    def run_item(self, slot: int, item: Item, timeout_s: float) -> None:
        """See `Bench.run_item`."""
        attempt = self._actors[slot].attempt
        self._begin(slot, attempt, lambda reply: Replied(slot, reply), item, timeout_s)

    def replace(self, slot: int) -> None:
        """See `Bench.replace`."""
        import ray

        ray.kill(self._actors.pop(slot), no_restart=True)
        self._start(slot)

    def move(self, slot: int) -> None:
        """See `Bench.move`."""
        self.end(slot)
        self._start(slot)

    def end(self, slot: int) -> None:
        """See `Bench.end`."""
        self._forget_place(slot)
        actor = self._actors.pop(slot)
        self._closing.append((self.now() + _CLOSE_TIMEOUT_S, actor, actor.close.remote()))

    def wait(self, timeout_s: float | None) -> Sequence[Message[Result]]:
        """See `Bench.wait`."""
        messages: list[Message[Result]] = []
        limit_s = _LOOK_EVERY_S if timeout_s is None else min(timeout_s, _LOOK_EVERY_S)
        with contextlib.suppress(queue.Empty):
            self._receive(messages, self._arrived.get(timeout=limit_s))
            while True:
                self._receive(messages, self._arrived.get_nowait())
        if self.now() >= self._next_look:
            self._next_look = self.now() + _LOOK_EVERY_S
            self._look(messages)
        if self._num_joined == 0 and self.now() - self._started >= _JOIN_TIMEOUT_S:
            raise self._no_room()
        return messages

    def now(self) -> float:
        """See `Bench.now`."""
        return time.monotonic()

    def close(self) -> None:
        """Lets the workers close, then ends their processes."""
        import ray

        closing = [actor.close.remote() for actor in self._actors.values()]
        closing += [reference for _, _, reference in self._closing]
        if closing:
            ray.wait(closing, num_returns=len(closing), timeout=_CLOSE_TIMEOUT_S)
        for actor in [*self._actors.values(), *(actor for _, actor, _ in self._closing)]:
            ray.kill(actor, no_restart=True)

    def _look(self, messages: list[Message[Result]]) -> None:
        """Tells of slots whose node leaves; ends those that have closed, starts those that may."""
        import ray

        draining = draining_nodes()
        for slot, node in self._nodes.items():
            if node in draining and slot not in self._leaving:
                self._leaving.add(slot)
                messages.append(Leaving(slot, f"node {node[:12]} drains"))
        still_closing = []
        for due, actor, reference in self._closing:
            closed, _ = ray.wait([reference], timeout=0)
            if closed or self.now() >= due:
                ray.kill(actor, no_restart=True)
            else:
                still_closing.append((due, actor, reference))
        self._closing = still_closing
        while self._to_start and self._to_start[0][0] <= self.now():
            self._start(heapq.heappop(self._to_start)[1])

    def _start(self, slot: int) -> None:
        self._forget_place(slot)
        self._actors[slot] = self._actor_class.remote(self._recipe)
        self._begin(slot, self._actors[slot].is_there, lambda node: self._joined(slot, node))

    def _forget_place(self, slot: int) -> None:
        self._nodes.pop(slot, None)
        self._leaving.discard(slot)

    def _joined(self, slot: int, node: str) -> Joined:
        self._num_joined += 1
        self._nodes[slot] = node
        return Joined(slot)

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
        if self._actors.get(slot) is not actor:
            return
        try:
            received = message(future.result())
        except ray.exceptions.RayActorError as error:
            messages.append(self._gone(slot, error))
            return
        if isinstance(received, Replied):
            self._pauses.pop(slot, None)
        messages.append(received)

    def _gone(self, slot: int, error: Any) -> Vanished:
        """Starts another actor in the slot; after a pause, if it is the node that is gone."""
        import ray

        found = str(error).strip().partition("\n")[0]
        lost = WorkerLostError.because("dead-actor", found)
        # It may yet live where nobody reaches it; and go on, once it is reached again.
        ray.kill(self._actors.pop(slot), no_restart=True)
        if not self._went_with_its_node(slot, error):
            self._start(slot)
            return Vanished(slot, lost)
        self._forget_place(slot)
        pause_s = self._pauses.get(slot, _FIRST_PAUSE_S)
        self._pauses[slot] = min(2 * pause_s, _LONGEST_PAUSE_S)
        heapq.heappush(self._to_start, (self.now() + pause_s, slot))
        return Vanished(slot, lost, with_place=True)

    def _went_with_its_node(self, slot: int, error: Any) -> bool:
        """Tells whether an actor is gone since its node is, or cannot be reached."""
        import ray

        if isinstance(error, ray.exceptions.ActorUnavailableError) or slot in self._leaving:
            return True
        return slot in self._nodes and not is_alive(self._nodes[slot])

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
