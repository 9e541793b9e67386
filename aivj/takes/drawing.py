"""Draws what no take exists for, until every preset that was asked for is a take or a failure."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import chain

from aivj.errors import ItemError, RunError
from aivj.executor.protocol import Event, Executor, Outcome, WorkPolicy
from aivj.takes.cells import PairCells
from aivj.takes.proof import Proofs
from aivj.takes.render import DrawJob, Kept, ProofJob, TakeJob, TakePlan, TakeWorker
from aivj.takes.shelf import TakeShelf

POLICY = WorkPolicy()
MAX_ROUNDS = 5
"""Takes in a worker's hand are lost with it, and drawn again in the next round."""

DrawOutcome = Outcome[DrawJob, Kept | PairCells]


def draw(
    shelf: TakeShelf,
    jobs: Iterable[DrawJob],
    *,
    executor: Executor,
    plan: TakePlan,
    policy: WorkPolicy = POLICY,
    on_event: Callable[[Event[DrawJob]], None] = lambda _: None,
) -> Generator[DrawOutcome, None, None]:
    """Draws presets into their stores, and pairs whole; starts no browser where there are none.

    Args:
        shelf: What is there already. It sees new takes as they come.
        jobs: Taken one by one, each only when there is a worker free to do it.
        executor: Runs the browsers.
        plan: What they are made from.
        policy: When to stop waiting.
        on_event: Called for what happens to workers.

    Yields:
        What became of each job. A preset that could not be drawn is in the store as that; one
        that was drawn is there when the generator has ended, if not before.

    Raises:
        AivjError: As `Executor.run`.
        RunError: Workers die with what they have drawn, round after round.
        RunError: A pair that was drawn whole is not what its takes say.
        StorageError: The store cannot be written.
    """
    proofs = Proofs(plan.settings, plan.clips)
    waiting: dict[tuple[str, str], TakeJob] = {}
    coming = iter(jobs)
    for _ in range(MAX_ROUNDS):
        first = next(coming, None)
        if first is None:
            return
        asked = _noted(chain([first], coming), waiting)
        make_worker = partial(TakeWorker, plan)
        with contextlib.closing(
            executor.run(make_worker, asked, policy=policy, on_event=on_event)
        ) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome.item, ProofJob):
                    proofs.add(outcome.item, _cells_or_error(outcome))
                elif _keep(outcome.item, outcome, shelf, plan):
                    _forget_kept(waiting, shelf)
                    proofs.judge(shelf)
                yield outcome
        shelf.refresh()
        _forget_kept(waiting, shelf)
        proofs.judge(shelf)
        coming = iter(list(waiting.values()))
    if (lost_one := next(coming, None)) is not None:
        raise RunError(
            "browsers that live until what they have drawn is kept",
            f"{lost_one} lost with its browser {MAX_ROUNDS} times",
            "look at `aivj doctor` and at the store of takes, then say --resume",
        )


def _noted(jobs: Iterator[DrawJob], waiting: dict[tuple[str, str], TakeJob]) -> Iterator[DrawJob]:
    for job in jobs:
        if isinstance(job, TakeJob):
            waiting[job.clip, job.content] = job
        yield job


def _keep(job: TakeJob, outcome: DrawOutcome, shelf: TakeShelf, plan: TakePlan) -> bool:
    """Keeps a failure; returns whether the shelf has new takes."""
    if outcome.error is not None:
        shelf.keep_failure(job.clip, job.content, outcome.error, plan.expected)
        return True
    if isinstance(outcome.result, Kept) and outcome.result.written is not None:
        shelf.see(job.clip, outcome.result.written)
        return True
    return False


def _cells_or_error(outcome: DrawOutcome) -> PairCells | ItemError:
    if isinstance(outcome.result, PairCells):
        return outcome.result
    assert outcome.error is not None  # noqa: S101 - an outcome has one of both
    return outcome.error


def _forget_kept(waiting: dict[tuple[str, str], TakeJob], shelf: TakeShelf) -> None:
    for key in [key for key in waiting if shelf.holds(*key)]:
        del waiting[key]
