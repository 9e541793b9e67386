"""The small protocol that long work is written against: items, workers, outcomes.

A room that renders or probes many things describes one worker and a stream of items; an executor
gives back an outcome for each item as it finishes, in any order.
"""

from collections.abc import Callable, Generator, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from aivj.errors import ItemError
from aivj.faults import max_attempts

Item = TypeVar("Item", bound=Hashable)
Item_contra = TypeVar("Item_contra", contravariant=True)
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Worker(Protocol[Item_contra, Result_co]):
    """One long-lived worker, for example a browser. Its methods share one event loop."""

    async def open(self) -> None:
        """Gets ready. Called once, before the first item.

        Raises:
            WorkerLostError: Another worker may do better.
            AivjError: No worker will: the run ends.
        """

    async def run(self, item: Item_contra, timeout_s: float) -> Result_co:
        """Does one item in `timeout_s` seconds.

        Raises:
            WorkerLostError: The worker is no longer fit for use and will be replaced.
            ItemError: The item failed; the worker is still good.
        """

    def worn(self) -> str | None:
        """Tells why the worker should be replaced though it works; None if it should not."""

    async def close(self) -> None:
        """Lets go of everything. Called after a loss too; must not raise."""


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """What became of an item: a result, or the error that ended its last attempt.

    Attributes:
        item: The item.
        result: Its result; None if it failed.
        error: Why it failed; None if it did not.
        num_attempts: How often it was tried.
        slot: Where its last attempt ran.
        duration_s: How long that took there.
    """

    item: Item
    result: Result | None
    error: ItemError | None
    num_attempts: int
    slot: int = 0
    duration_s: float = 0.0


@dataclass(frozen=True)
class WorkPolicy:
    """When an executor stops waiting, and when it gives up.

    Attributes:
        max_attempts: Tries in all for an item that fails with an error.
        open_deadline_s: A worker that opens for longer is replaced.
        deadline_s: An item may take so long on its last attempt.
        first_deadline_factor: On its first attempt only so many times the time that 19 of 20
            recent items took,
        first_deadline_min_s: but at least so long.
        grace_s: After its deadline a worker has so long to say so, then its process is killed.
        straggler_factor: With nothing else left to do, an item that takes so many times the
            usual is given to a second worker; the first result counts,
        straggler_min_s: but not before so long.
        max_losses_in_a_row: Workers lost, beside two for each slot, with no item done in between.
        max_taken: Times that an item may go down with its node before that counts as an attempt:
            it may be what takes nodes down.
        idle_s: With nothing left to begin, all idle workers but one are ended after so long.
    """

    max_attempts: Callable[[ItemError], int] = max_attempts
    open_deadline_s: float = 90.0
    deadline_s: float = 60.0
    first_deadline_factor: float = 3.0
    first_deadline_min_s: float = 15.0
    grace_s: float = 10.0
    straggler_factor: float = 2.0
    straggler_min_s: float = 10.0
    max_losses_in_a_row: int = 20
    max_taken: int = 4
    idle_s: float = 20.0


@dataclass(frozen=True)
class WorkerOpened:
    """A worker is ready."""

    slot: int


@dataclass(frozen=True)
class WorkerReplaced:
    """A worker was lost, is worn, or leaves with its node, and another one takes its place.

    Attributes:
        slot: Where.
        kind: The fault's, or `worn`, `draining` (its node leaves), `node-lost`.
        reason: More of it, for people.
    """

    slot: int
    kind: str
    reason: str


@dataclass(frozen=True)
class WorkerEnded:
    """A worker was ended since there is nothing left to do for it."""

    slot: int


@dataclass(frozen=True)
class ItemReissued(Generic[Item]):
    """An item that takes long was given to a second worker too."""

    item: Item
    slot: int


Event = WorkerOpened | WorkerReplaced | WorkerEnded | ItemReissued[Item]


class Executor(Protocol):
    """Runs items on workers and gives back outcomes as they finish."""

    @property
    def num_workers(self) -> int:
        """How many workers live at a time."""

    def run(
        self,
        make_worker: Callable[[], Worker[Item, Result]],
        items: Iterable[Item],
        *,
        policy: WorkPolicy = WorkPolicy(),
        on_event: Callable[[Event[Item]], None] = lambda _: None,
    ) -> Generator[Outcome[Item, Result], None, None]:
        """Yields one outcome for each item. Closing the iterator stops all workers.

        Args:
            make_worker: Makes a worker where it will live.
            items: Taken one by one, each only when there is a worker free to do it.
            policy: When to stop waiting.
            on_event: Called for what happens to workers.

        Raises:
            AivjError: Work cannot be done at all, for example no renderer of the kind asked for.
            RestartLimitError: Workers die as fast as they are replaced.
        """
