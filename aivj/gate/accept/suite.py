"""The steps of acceptance, taken one after the other, and how each ended."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.acceptance import AcceptReport, AcceptStep, write_accept
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.verification import (
    BUDGET_NAME,
    CONSOLE_NAME,
    FRAME_TIME_NAME,
    PAGE_ERRORS_NAME,
    REPORT_NAME,
    SELECTION_NAME,
)
from aivj.errors import AivjError
from aivj.gate.accept import evidence_steps, pack_steps
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.request import Deadline
from aivj.gate.rules import Rule, failed
from aivj.storage import write_atomic


@dataclass(frozen=True)
class Step(Rule[AcceptSubject]):
    """A step: a rule of acceptance.

    Attributes:
        files: What it reads of the evidence.
        needed: Whether a pack is accepted only if it passed; others may not apply.
    """

    files: tuple[str, ...] = ()
    needed: bool = False

    @property
    def title(self) -> str:
        """What is looked at."""
        return self.expected


OnStep = Callable[[int, Step, AcceptStep | None], None]
"""Told a step's number, from 1, the step, and how it ended; None while it begins."""

_TOO_LATE = "give it more time with --timeout-ms or AIVJ_ACCEPT_TIMEOUT_MS"
_VERIFICATION = (REPORT_NAME, CONSOLE_NAME, PAGE_ERRORS_NAME)
_VERIFY_DEV = "verifyDev"

STEPS: tuple[Step, ...] = (
    Step(
        "files",
        "Manifest, scores and every preset are there",
        pack_steps.check_files,
        "build the pack again with `aivj pack`, or copy what is missing into it",
        needed=True,
    ),
    Step(
        "lint",
        "Presets are texts that say what to draw",
        pack_steps.lint_presets,
        "remove these presets, then build the pack again with `aivj pack`",
        needed=True,
    ),
    Step(
        _VERIFY_DEV,
        "The page plays the pack: good enough to develop",
        lambda subject: evidence_steps.verified(subject, "dev"),
        "look at the evidence; `aivj verify-check` says what to do for each check",
        _VERIFICATION,
        needed=True,
    ),
    Step(
        "verifyRelease",
        "The same evidence, good enough to release",
        lambda subject: evidence_steps.verified(subject, "release"),
        "look at the evidence; `aivj verify-check --release` says what to do for each check",
        _VERIFICATION,
        needed=True,
    ),
    Step(
        "selectionRatio",
        "Presets that were selected move",
        evidence_steps.selection_ratio,
        "give the page a run manifest of these presets, and let it select",
        (SELECTION_NAME,),
    ),
    Step(
        "preload",
        "Making presets ready costs no frames",
        evidence_steps.preload,
        "preload less at a time, or draw on a GPU",
        (evidence_steps.PRELOAD_NAME, CONSOLE_NAME),
    ),
    Step(
        "frameTime",
        "Frames come in time",
        evidence_steps.frame_time,
        "draw less, or on a faster GPU",
        (FRAME_TIME_NAME,),
    ),
    Step(
        "dataLink",
        "What was selected is in the run manifest",
        evidence_steps.data_link,
        "build the run manifest from this library, and let the page select longer",
        (SELECTION_NAME,),
    ),
    Step(
        "budgetDynamics",
        "The performance budget answers to load",
        evidence_steps.budget_dynamics,
        "put the page under load and take it off again",
        (BUDGET_NAME,),
    ),
    Step(
        "diversity",
        "What the pack shows is varied",
        pack_steps.varied,
        "run `aivj diversity` on this pack, and do what it says",
    ),
)
"""All steps. Each is taken whatever came of those before."""


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
    has_failed = any(step.verdict == "fail" for step in steps.values())
    done = all(steps[step.name].verdict == "pass" for step in STEPS if step.needed)
    report = AcceptReport(
        pack=subject.pack,
        started_at=iso_utc(started_at),
        duration_s=deadline.elapsed_s,
        used_artifacts=subject.make_evidence is None,
        verdict="passed" if done and not has_failed else "failed",
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
        finding, remedy = failed(deadline.message), _TOO_LATE
    else:
        try:
            if step.name == _VERIFY_DEV and subject.make_evidence is not None:
                subject.make_evidence(deadline.within(float("inf")))
            finding = step.judge(subject)
        except AivjError as error:
            told = f"expected {error.expected}; found {error.found}"
            finding, remedy = failed(told), error.remedy
    files = [subject.evidence / name for name in step.files]
    evidence = [_relative(path, folder) for path in files if path.is_file()]
    if finding.document is not None:
        name = f"steps/{number}-{step.name}.json"
        write_atomic(folder / name, document_bytes(finding.document))
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
