"""`aivj.executor` on Ray: one long-lived actor a slot, and a pull loop that loses nothing.

Ray's own pools do not fit: `ActorPool` drops the item in flight when an actor dies, and Ray Data
builds its actors anew for each execution. Here an idle actor gets the next item; an actor that
dies is restarted by Ray, and its item goes through `aivj.executor.Attempts` like any other loss.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, Generic

from aivj.errors import AivjError, ItemError, WorkerLostError
from aivj.executor import Attempts, Item, Outcome, Result, Slot, Worker

_CLOSE_TIMEOUT_S = 8.0


class SlotActor(Generic[Item, Result]):
    """A slot as a Ray actor. Errors travel as values, so that they arrive as they were."""

    def __init__(self) -> None:
        self._slot: Slot[Item, Result] | None = None

    async def attempt(
        self, make_worker: Callable[[], Worker[Item, Result]], item: Item
    ) -> Result | AivjError:
        """Tries one item; the first call decides which kind of worker lives here."""
        self._slot = self._slot or Slot(make_worker)
        try:
            return await self._slot.attempt(item)
        except AivjError as error:
            return error

    async def close(self) -> None:
        """Closes the worker."""
        if self._slot is not None:
            await self._slot.close()


class RayExecutor:
    """Runs workers as actors of the Ray cluster that this process is connected to.

    Args:
        num_workers: How many actors; more than fit wait until there is room.
        num_cpus: CPUs that each actor asks for.
        num_gpus: GPUs, or a share of one, that each actor asks for.
        resources: Custom resources that each actor asks for, such as `{"browser_slot": 1}`.
    """

    def __init__(
        self,
        num_workers: int,
        *,
        num_cpus: float = 1,
        num_gpus: float = 0,
        resources: Mapping[str, float] | None = None,
    ) -> None:
        self._num_workers = num_workers
        self._options: dict[str, Any] = {
            "num_cpus": num_cpus,
            "num_gpus": num_gpus,
            "resources": dict(resources or {}),
            "scheduling_strategy": "SPREAD",
            "max_restarts": -1,
            "max_task_retries": 0,
        }

    def run(
        self, make_worker: Callable[[], Worker[Item, Result]], items: Iterable[Item]
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item; see `aivj.executor.Executor.run`."""
        import ray

        queue = deque(items)
        actor_class: Any = ray.remote(**self._options)(SlotActor)
        actors = [actor_class.remote() for _ in range(min(len(queue), self._num_workers))]
        # Sent with each item, by reference: an actor that Ray restarted must get it again.
        recipe = ray.put(make_worker)
        idle = list(actors)
        running: dict[Any, tuple[Any, Item]] = {}
        attempts: Attempts[Item, Result] = Attempts()
        try:
            while queue or running:
                while idle and queue:
                    actor, item = idle.pop(), queue.popleft()
                    running[actor.attempt.remote(recipe, item)] = (actor, item)
                done, _ = ray.wait(list(running), num_returns=1)
                for reference in done:
                    actor, item = running.pop(reference)
                    idle.append(actor)
                    outcome = attempts.settle(item, _reply(reference))
                    if outcome is None:
                        queue.append(item)
                    else:
                        yield outcome
        finally:
            _stop(actors)


def _reply(reference: Any) -> Any:
    """Fetches a reply; a dead actor becomes a loss, an error that ends the run is raised."""
    import ray

    try:
        reply = ray.get(reference)
    except ray.exceptions.RayActorError as error:
        return WorkerLostError.because("dead-actor", str(error).partition("\n")[0])
    if isinstance(reply, AivjError) and not isinstance(reply, ItemError):
        raise reply
    return reply


def _stop(actors: list[Any]) -> None:
    """Lets the workers close, then ends their processes."""
    import ray

    with contextlib.suppress(ray.exceptions.RayError):
        ray.wait(
            [actor.close.remote() for actor in actors],
            num_returns=len(actors),
            timeout=_CLOSE_TIMEOUT_S,
        )
    for actor in actors:
        ray.kill(actor, no_restart=True)
