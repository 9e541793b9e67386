"""What the report says of pairs and pictures: which checks there are, and how each is judged.

Which of them a gate requires stands in the table of `aivj.gate.verify_check`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict

from aivj.contracts.fields import OuterText
from aivj.contracts.json_text import ContractModel
from aivj.contracts.uplift import Uplift
from aivj.gate.arms import MIN_FRAMES, NEXT_PICKS, Arm
from aivj.gate.expected import ExpectedPack
from aivj.gate.uplift import MIN_SAMPLES

_SHOWN_PROBLEMS = 3


@dataclass(frozen=True)
class Findings:
    """Everything that is judged.

    Attributes:
        expected: What the pack's files say; None without a pack.
        arms: The arms that were played.
        uplift: Their comparison; None when there was nothing to compare.
    """

    expected: ExpectedPack | None
    arms: Sequence[Arm]
    uplift: Uplift | None


class CheckResult(ContractModel):
    """How one check ended, with the figures that the runtime's reports have beside it.

    Attributes:
        ok: True passed, False failed, None not run, since what it looks at was not there.
        required: Whether the gate passes only with it.
        meaning: What it checks.
        reason: Figures of a passed check, or why it failed or was not run.
    """

    model_config = ConfigDict(extra="allow")

    ok: bool | None
    required: bool
    meaning: str
    reason: OuterText


Judgement = tuple[bool | None, str]


@dataclass(frozen=True)
class Check:
    """A row of the table."""

    name: str
    meaning: str
    judge: Callable[[Findings], Judgement]
    figures: Callable[[Sequence[Arm]], Mapping[str, Any]] = lambda _: {}


def judge_all(findings: Findings, *, required: frozenset[str]) -> dict[str, CheckResult]:
    """Returns the result of every check, by name, in the order of the table.

    Args:
        findings: What is judged.
        required: Names of the checks that the gate passes only with.
    """
    results = {}
    for check in CHECKS:
        ok, reason = check.judge(findings)
        results[check.name] = CheckResult(
            ok=ok,
            required=check.name in required,
            meaning=check.meaning,
            reason=reason,
            **check.figures(findings.arms),
        )
    return results


def _page_opened(findings: Findings) -> Judgement:
    problems = _in_arms(
        (arm, arm.problem or "its hooks did not appear")
        for arm in findings.arms
        if not arm.evidence.ready
    )
    return (False, problems) if problems else (True, "the hooks answered")


def _page_errors(findings: Findings) -> Judgement:
    problems = _in_arms((arm, error) for arm in findings.arms for error in arm.page_errors)
    if problems:
        return False, problems
    return (True, "none") if _all_ready(findings) else (None, "a page did not answer")


def _canvas_attached(findings: Findings) -> Judgement:
    if not _all_ready(findings):
        return None, "a page did not answer"
    problems = _in_arms(
        (arm, "no #viz-canvas") for arm in findings.arms if arm.evidence.canvas is None
    )
    return (False, problems) if problems else (True, "it is there")


def _manifest_active(findings: Findings) -> Judgement:
    expected = findings.expected
    if expected is None:
        return None, "no pack"
    if expected.manifest_problem:
        return False, expected.manifest_problem
    if not _all_ready(findings):
        return None, "a page did not answer"
    problems = _in_arms(
        (arm, f"{_num_pairs(arm)} of {expected.num_pairs} pairs are active")
        for arm in findings.arms
        if not arm.evidence.active or _num_pairs(arm) not in (None, expected.num_pairs)
    )
    if not problems and any(_num_pairs(arm) is None for arm in findings.arms):
        return None, "the page does not count its pairs"
    told = f"{expected.num_pairs} pairs" + (f"; {expected.left_out}" if expected.left_out else "")
    return (False, problems) if problems else (True, told)


def _scores_merged(findings: Findings) -> Judgement:
    expected = findings.expected
    if expected is None:
        return None, "no pack"
    if expected.quality_problem:
        return False, expected.quality_problem
    if not _all_active(findings):
        return None, "the manifest is not active"
    problems = _in_arms(
        (arm, f"{_num_scored(arm)} pairs have a score, {len(expected.scores)} should")
        for arm in findings.arms
        if _num_scored(arm) not in (None, len(expected.scores))
    )
    problems = problems or _in_arms(
        (arm, f"pair {pick.pair} has quality {pick.quality01}, not that of the file")
        for arm in findings.arms
        for pick in arm.samples
        if (pick.pair is None and not expected.left_out)
        or (pick.pair is not None and expected.scores.get(pick.pair) != pick.quality01)
    )
    if problems:
        return False, problems
    return True, f"{len(expected.scores)} of {expected.num_pairs} pairs have a score"


def _frames_rendered(findings: Findings) -> Judgement:
    if not _all_active(findings):
        return None, "the manifest is not active"
    problems = _in_arms(
        (arm, f"{arm.evidence.frames_rendered} frames ({arm.evidence.status_text})")
        for arm in findings.arms
        if arm.evidence.frames_rendered < MIN_FRAMES
    )
    frames = ", ".join(str(arm.evidence.frames_rendered) for arm in findings.arms)
    return (False, problems) if problems else (True, f"{frames} frames")


def _output_non_empty(findings: Findings) -> Judgement:
    if not _all_drew(findings):
        return None, "no pair was drawn"
    problems = _in_arms(
        (arm, "all pairs drawn were blank")
        for arm in findings.arms
        if not any(pick.visible for pick in arm.evidence.picks)
    )
    return (False, problems) if problems else (True, "something is to be seen")


def _output_changes(findings: Findings) -> Judgement:
    if not all(any(pick.visible for pick in arm.evidence.picks) for arm in findings.arms):
        return None, "nothing was to be seen"
    problems = _in_arms(
        (arm, "the picture of all pairs drawn stood still")
        for arm in findings.arms
        if not any(pick.moving for pick in arm.evidence.picks)
    )
    return (False, problems) if problems else (True, "it changes from frame to frame")


def _coupled_next(findings: Findings) -> Judgement:
    if not _all_active(findings):
        return None, "the manifest is not active"
    problems = _in_arms(
        (arm, f"{num_good} of {NEXT_PICKS} picks did: {_shortcomings(arm)}")
        for arm in findings.arms
        if (num_good := sum(pick.good for pick in arm.evidence.picks)) < NEXT_PICKS
    )
    return (False, problems) if problems else (True, f"{NEXT_PICKS} picks in each arm")


def _every_next(findings: Findings) -> Judgement:
    if not any(arm.evidence.picks for arm in findings.arms):
        return None, "nothing was picked"
    problems = _in_arms((arm, text) for arm in findings.arms if (text := _shortcomings(arm)))
    return (False, problems) if problems else (True, "no pick fell short")


def _pick_uplift(findings: Findings) -> Judgement:
    uplift = findings.uplift
    if findings.expected is None:
        return None, "no pack"
    if uplift is None:
        return None, "no picks with scores to compare"
    if uplift.num_samples < MIN_SAMPLES:
        return (
            False,
            f"{uplift.num_samples} samples in an arm, at least {MIN_SAMPLES} are needed",
        )
    return uplift.positive, uplift.figures


def _engine(arms: Sequence[Arm]) -> Mapping[str, Any]:
    """Of the arm that drew least, and the most that one drew; nothing of a page that is silent."""
    evidence = [arm.evidence for arm in arms]
    if not all(each.ready for each in evidence):
        return {}
    return {
        "initialized": all(each.initialized for each in evidence),
        "framesRendered": min(each.frames_rendered for each in evidence),
        "lastRenderTimeMs": max(each.last_render_time_ms or 0 for each in evidence),
        "maxFramesRendered": max(each.frames_rendered for each in evidence),
    }


CHECKS: tuple[Check, ...] = (
    Check("pageOpened", "The page opens in each arm and answers.", _page_opened),
    Check("pageErrors", "No uncaught exception, no failed request.", _page_errors),
    Check("canvasAttached", "The canvas is there.", _canvas_attached),
    Check("manifestActive", "The player took all pairs of the pack.", _manifest_active),
    Check("scoresMerged", "Its pairs have the scores of the quality file.", _scores_merged),
    Check("projectMFramesRendered", f"It drew {MIN_FRAMES} frames.", _frames_rendered, _engine),
    Check("finalOutputNonEmpty", "The canvas is not blank.", _output_non_empty),
    Check("finalOutputChanges", "The canvas does not stand still.", _output_changes),
    Check("coupledNext", "Next loads, draws and changes the picture.", _coupled_next),
    Check("everyNext", "Next never met a pair that falls short.", _every_next),
    Check("pickUplift", "Weighted picks score above shuffled ones.", _pick_uplift),
)
"""All checks of the arms."""


def _all_ready(findings: Findings) -> bool:
    return all(arm.evidence.ready for arm in findings.arms)


def _all_active(findings: Findings) -> bool:
    return all(arm.evidence.active for arm in findings.arms)


def _all_drew(findings: Findings) -> bool:
    return all(any(pick.drawn for pick in arm.evidence.picks) for arm in findings.arms)


def _num_pairs(arm: Arm) -> int | None:
    return arm.evidence.manifest.pairs if arm.evidence.manifest else None


def _num_scored(arm: Arm) -> int | None:
    return arm.evidence.manifest.scored_pairs if arm.evidence.manifest else None


def _shortcomings(arm: Arm) -> str:
    return "; ".join(
        f"{pick.shortcoming}" if pick.pair is None else f"pair {pick.pair}: {pick.shortcoming}"
        for pick in arm.evidence.picks
        if not pick.good
    )


def _in_arms(problems: Iterable[tuple[Arm, str]]) -> str:
    """Joins the first problems, each with the arm it was seen in; empty without any."""
    lines = [f"{arm.name}: {text}" for arm, text in problems]
    more = [f"{len(lines) - _SHOWN_PROBLEMS} more"] if len(lines) > _SHOWN_PROBLEMS else []
    return "; ".join([*lines[:_SHOWN_PROBLEMS], *more])
