"""When a run began and ended, and the time it was given."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from aivj.contracts.run_meta import Budget, RunMeta
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.instants import instant

MIN_HOURS = 0.12
"""A budget below this is raised to it."""

_ROUNDING = timedelta(seconds=1)


def judge_times(meta: RunMeta) -> Finding:
    """Times are ISO-8601 with their offset, and in the order in which they came."""
    unreadable = [
        Problem(f"{name} is {text!r}")
        for name, text in _times(meta)
        if text is not None and instant(text) is None
    ]
    return judged([*unreadable, *_disordered(meta)], f"{meta.started_at} to {meta.finished_at}")


def judge_ended(meta: RunMeta) -> Finding:
    """The run came to its end, without an error."""
    if meta.error is not None:
        return judged(
            [Problem(f"{meta.error.code} in {meta.error.phase}: {meta.error.message}")], ""
        )
    running = [] if meta.finished_at is not None else [Problem("finishedAt is null")]
    return judged(running, f"{meta.finished_at}, no error")


def judge_budget(meta: RunMeta) -> Finding:
    """Too small a budget was raised, and the run says so."""
    budget = meta.budget
    expected = max(budget.input_max_hours, MIN_HOURS)
    is_small = budget.input_max_hours < MIN_HOURS
    problems = []
    if abs(budget.effective_max_hours - expected) * timedelta(hours=1) > _ROUNDING:
        found = f"effectiveMaxHours is {budget.effective_max_hours:g}, not {expected:g}"
        problems.append(Problem(found))
    if budget.was_clamped != is_small:
        problems.append(Problem(f"wasClamped is {budget.was_clamped}, not {is_small}"))
    return judged(problems, f"{budget.effective_max_hours:g} h")


def judge_deadline(meta: RunMeta) -> Finding:
    """The deadline is the start and the budget."""
    budget = meta.budget
    start, deadline = instant(budget.start_time_iso), instant(budget.deadline_time_iso)
    if start is None or deadline is None:
        return not_applicable("the budget's times cannot be read")
    expected = timedelta(hours=budget.effective_max_hours)
    wrong = abs(deadline - start - expected) > _ROUNDING
    problem = f"deadlineTimeIso is {deadline - start} after startTimeIso, not {expected}"
    return judged([Problem(problem)] if wrong else [], budget.deadline_time_iso)


def _times(meta: RunMeta) -> Iterator[tuple[str, str | None]]:
    yield "startedAt", meta.started_at
    yield "finishedAt", meta.finished_at
    yield "resumedAt", meta.resumed_at
    yield "timing.sampleLoopStartIso", meta.timing.sample_loop_start_iso
    yield from _budget_times(meta.budget)
    for number, error in enumerate(meta.errors or []):
        yield f"errors.{number}.at", error.at


def _budget_times(budget: Budget) -> Iterator[tuple[str, str | None]]:
    yield "budget.startTimeIso", budget.start_time_iso
    yield "budget.deadlineTimeIso", budget.deadline_time_iso
    yield "budget.resumeDeadlineIso", budget.resume_deadline_iso


def _disordered(meta: RunMeta) -> Iterator[Problem]:
    for steps in (
        ("startedAt", "resumedAt", "finishedAt"),
        ("startedAt", "timing.sampleLoopStartIso"),
    ):
        known = [
            (name, moment)
            for name, text in _times(meta)
            if name in steps and (moment := instant(text))
        ]
        known.sort(key=lambda step: steps.index(step[0]))
        for (earlier, first), (later, second) in pairwise(known):
            if second < first:
                yield Problem(f"{later} is before {earlier}")
