"""Takes the steps one after the other and writes down how each ended."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.errors import AivjError
from aivj.gate.accept.evidence_steps import Outcome
from aivj.gate.accept.report import AcceptReport, AcceptStep, verdict_of, write_accept
from aivj.gate.accept.steps import STEPS, VERIFY_DEV, Step
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.request import Deadline
from aivj.gate.run_check.finding import Problem, judged
from aivj.storage import write_atomic

OnStep = Callable[[int, Step, AcceptStep | None], None]
"""Told a step's number, from 1, the step, and how it ended; None while it begins."""

_TOO_LATE = "give it more time with --timeout-ms or AIVJ_ACCEPT_TIMEOUT_MS"


def run_suite(
    subject: AcceptSubject,
    folder: Path,
    *,
    timeout_s: float = 720.0,
    on_step: OnStep = lambda *_: None,
) -> AcceptReport:
    """Takes every step and writes `accept.json`, with a file for each step beside it.

    A step that cannot be taken, since the evidence or a renderer is not there, has failed.

    Args:
        subject: What is accepted or not.
        folder: Where results are written.
        timeout_s: Longest time for all; steps that would begin later fail.
        on_step: Told of every step.

    Raises:
        StorageError: The disk did not take a result.
    """
    started_at, deadline = datetime.now(UTC), Deadline(timeout_s)
    steps: dict[str, AcceptStep] = {}
    for number, step in enumerate(STEPS, start=1):
        on_step(number, step, None)
        steps[step.name] = _taken(number, step, subject, folder, deadline)
        on_step(number, step, steps[step.name])
    report = AcceptReport(
        pack=subject.pack,
        started_at=iso_utc(started_at),
        duration_s=deadline.elapsed_s,
        used_artifacts=subject.make_evidence is None,
        verdict=verdict_of(steps, needed=[step.name for step in STEPS if step.needed]),
        steps=steps,
    )
    write_accept(folder, report)
    return report


def _taken(
    number: int, step: Step, subject: AcceptSubject, folder: Path, deadline: Deadline
) -> AcceptStep:
    started_s = time.monotonic()
    remedy = step.remedy
    if deadline.is_over:
        outcome: Outcome = judged([Problem(deadline.message)], ""), None
        remedy = _TOO_LATE
    else:
        try:
            if step.name == VERIFY_DEV and subject.make_evidence is not None:
                subject.make_evidence(deadline.within(float("inf")))
            outcome = step.run(subject)
        except AivjError as error:
            told = f"expected {error.expected}; found {error.found}"
            outcome, remedy = (judged([Problem(told)], ""), None), error.remedy
    finding, document = outcome
    files = [subject.evidence / name for name in step.files]
    evidence = [_relative(path, folder) for path in files if path.is_file()]
    if document is not None:
        name = f"steps/{number}-{step.name}.json"
        write_atomic(folder / name, document_bytes(document))
        evidence.insert(0, name)
    return AcceptStep(
        title=step.title,
        verdict=finding.verdict,
        found=finding.found,
        remedy=remedy if finding.verdict == "fail" else None,
        duration_s=time.monotonic() - started_s,
        evidence=evidence,
    )


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
