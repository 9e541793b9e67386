"""The steps of acceptance, in their order."""

from collections.abc import Callable
from dataclasses import dataclass

from aivj.gate.accept import evidence_steps, pack_steps
from aivj.gate.accept.evidence_steps import PRELOAD_NAME, Outcome
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.report import CONSOLE_NAME, PAGE_ERRORS_NAME, REPORT_NAME
from aivj.gate.verify_check.evidence import BUDGET_NAME, FRAME_TIME_NAME, SELECTION_NAME


@dataclass(frozen=True)
class Step:
    """A step.

    Attributes:
        name: Its name in the result.
        title: What is looked at.
        remedy: What to do when it fails.
        run: Looks at it.
        files: What it reads of the evidence.
        needed: Whether a pack is accepted only if it passed; others may not apply.
    """

    name: str
    title: str
    remedy: str
    run: Callable[[AcceptSubject], Outcome]
    files: tuple[str, ...] = ()
    needed: bool = False


_VERIFICATION = (REPORT_NAME, CONSOLE_NAME, PAGE_ERRORS_NAME)

VERIFY_DEV = "verifyDev"

STEPS: tuple[Step, ...] = (
    Step(
        "files",
        "Manifest, scores and every preset are there",
        "build the pack again with `aivj pack`, or copy what is missing into it",
        lambda subject: (pack_steps.check_files(subject), None),
        needed=True,
    ),
    Step(
        "lint",
        "Presets are texts that say what to draw",
        "remove these presets, then build the pack again with `aivj pack`",
        lambda subject: (pack_steps.lint_presets(subject), None),
        needed=True,
    ),
    Step(
        VERIFY_DEV,
        "The page plays the pack: good enough to develop",
        "look at the evidence; `aivj verify-check` says what to do for each check",
        lambda subject: evidence_steps.verified(subject, "dev"),
        files=_VERIFICATION,
        needed=True,
    ),
    Step(
        "verifyRelease",
        "The same evidence, good enough to release",
        "look at the evidence; `aivj verify-check --release` says what to do for each check",
        lambda subject: evidence_steps.verified(subject, "release"),
        files=_VERIFICATION,
        needed=True,
    ),
    Step(
        "selectionRatio",
        "Presets that were selected move",
        "give the page a run manifest of these presets, and let it select",
        evidence_steps.selection_ratio,
        files=(SELECTION_NAME,),
    ),
    Step(
        "preload",
        "Making presets ready costs no frames",
        "preload less at a time, or draw on a GPU",
        evidence_steps.preload,
        files=(PRELOAD_NAME, CONSOLE_NAME),
    ),
    Step(
        "frameTime",
        "Frames come in time",
        "draw less, or on a faster GPU",
        evidence_steps.frame_time,
        files=(FRAME_TIME_NAME,),
    ),
    Step(
        "dataLink",
        "What was selected is in the run manifest",
        "build the run manifest from this library, and let the page select longer",
        evidence_steps.data_link,
        files=(SELECTION_NAME,),
    ),
    Step(
        "budgetDynamics",
        "The performance budget answers to load",
        "put the page under load and take it off again",
        evidence_steps.budget_dynamics,
        files=(BUDGET_NAME,),
    ),
)
"""All steps. Each is taken whatever came of those before."""
