"""Carries a dispatcher's decisions out on a bench of slots."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol

from aivj.errors import AivjError, WorkerLostError
from aivj.executor.commands import EndSlot, MoveSlot, OpenWorker, RunItem
from aivj.executor.dispatch import Dispatcher
from aivj.executor.protocol import Event, Item, Item_contra, Outcome, Result, WorkPolicy
from aivj.executor.slot import Reply


@dataclass(frozen=True)
class Joined:
    """A slot is there, without a worker."""

    slot: int


@dataclass(frozen=True)
class Opened:
    """A slot has opened a worker, or says why it could not."""

    slot: int
    error: AivjError | None


@dataclass(frozen=True)
class Replied(Generic[Result]):
    """A slot has tried its item."""

    slot: int
    reply: Reply[Result]


@dataclass(frozen=True)
class Vanished:
    """A slot is gone; the bench replaces it by itself, and that one will join.

    Attributes:
        slot: Which.
        error: How it ended.
        with_place: Whether what it stood on is gone too, or cannot be reached.
    """

    slot: int
    error: WorkerLostError
    with_place: bool = False


@dataclass(frozen=True)
class Leaving:
    """What a slot stands on will be gone soon."""

    slot: int
    reason: str


Message = Joined | Opened | Replied[Result] | Vanished | Leaving


class Bench(Protocol[Item_contra, Result]):
    """Slots somewhere. Each has one thing to do at a time and then sends a message."""

    num_workers: int

    def open_worker(self, slot: int) -> None:
        """Begins to open a worker."""

    def run_item(self, slot: int, item: Item_contra, timeout_s: float) -> None:
        """Begins to try an item."""

    def replace(self, slot: int) -> None:
        """Kills a slot that does not answer, and starts another one in its place."""

    def move(self, slot: int) -> None:
        """Lets a slot close, and starts it anew, elsewhere if there is a choice."""

    def end(self, slot: int) -> None:
        """Lets a slot close, and ends it for good."""

    def wait(self, timeout_s: float | None) -> Sequence[Message[Result]]:
        """Returns the messages that have come, waiting for the first of them."""

    def now(self) -> float:
        """Returns the time in seconds."""


def work(
    bench: Bench[Item, Result],
    items: Iterable[Item],
    policy: WorkPolicy,
    on_event: Callable[[Event[Item]], None],
) -> Generator[Outcome[Item, Result], None, None]:
    """Yields one outcome for each item; see `aivj.executor.protocol.Executor.run`."""
    dispatcher: Dispatcher[Item, Result] = Dispatcher(items, bench.num_workers, policy, on_event)
    _begin(dispatcher, bench)
    while not dispatcher.is_done:
        messages = bench.wait(dispatcher.wait_s(bench.now()))
        outcomes = [_take(dispatcher, message) for message in messages]
        for slot in dispatcher.overdue(bench.now()):
            bench.replace(slot)
            error = WorkerLostError.because("overdue", "no answer, not even that it hangs")
            outcomes.append(dispatcher.vanished(slot, error))
        # Before the outcomes are handed out, so that no slot waits for what is done with them.
        _begin(dispatcher, bench)
        yield from (outcome for outcome in outcomes if outcome is not None)


def _begin(dispatcher: Dispatcher[Item, Result], bench: Bench[Item, Result]) -> None:
    for command in dispatcher.commands(bench.now()):
        match command:
            case OpenWorker(slot):
                bench.open_worker(slot)
            case RunItem(slot, item, timeout_s):
                bench.run_item(slot, item, timeout_s)
            case MoveSlot(slot):
                bench.move(slot)
            case EndSlot(slot):
                bench.end(slot)


def _take(
    dispatcher: Dispatcher[Item, Result], message: Message[Result]
) -> Outcome[Item, Result] | None:
    match message:
        case Joined(slot):
            dispatcher.joined(slot)
        case Opened(slot, error):
            dispatcher.opened(slot, error)
        case Replied(slot, reply):
            return dispatcher.replied(slot, reply)
        case Leaving(slot, reason):
            dispatcher.leaving(slot, reason)
        case Vanished(slot, loss, with_place):
            return dispatcher.vanished(slot, loss, with_place=with_place)
    return None
