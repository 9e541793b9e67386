"""Runs workers on a Ray cluster, an actor each."""

import contextlib
import math
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

from aivj.errors import InputError
from aivj.executor.loop import work
from aivj.executor.protocol import Event, Item, Outcome, Result, Worker, WorkPolicy
from aivj.fleet.actors import ActorBench

# 0.33 is meant as a third.
_SHARE_TOLERANCE = 0.01


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
            bench: ActorBench[Item, Result] = ActorBench(
                make_worker, self.num_workers, self._options
            )
            try:
                yield from work(bench, items, policy, on_event)
            finally:
                bench.close()


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
