"""What a verification saw of pairs and pictures, judged by the rules of a page.

Their sentences, and where each is required, stand in the table of `aivj.gate.verify_check`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aivj.contracts.uplift import Uplift
from aivj.contracts.verification import (
    PageCheck,
)
from aivj.gate.arms import MIN_FRAMES, NEXT_PICKS, Arm, NextPick
from aivj.gate.expected import ExpectedPack
from aivj.gate.rules import Finding, Problem, failed, held, judged, not_applicable
from aivj.gate.uplift import MIN_SAMPLES
from aivj.gate.verify_check import RULE_BY_NAME

_OK = {"pass": True, "fail": False, "not-applicable": None}
_NO_ANSWER = not_applicable("a page did not answer")
_NOT_ACTIVE = not_applicable("the manifest is not active")
_NO_PACK = not_applicable("no pack")


@dataclass(frozen=True)
class Seen:
    """What was seen of a page.

    Attributes:
        expected: What the pack's files say; None without a pack.
        arms: The arms that were played.
        uplift: Their comparison; None when there was nothing to compare.
    """

    expected: ExpectedPack | None
    arms: Sequence[Arm]
    uplift: Uplift | None

    @property
    def all_ready(self) -> bool:
        """Whether the hooks of every page appeared."""
        return all(arm.answers.ready for arm in self.arms)

    @property
    def all_active(self) -> bool:
        """Whether the pack became active in every page."""
        return all(arm.answers.active for arm in self.arms)

    def all_picked(self, so: Callable[[NextPick], bool]) -> bool:
        """Tells whether every arm has a pick that is so."""
        return all(any(so(pick) for pick in arm.answers.picks) for arm in self.arms)


def page_check(name: str, finding: Finding, *, required: frozenset[str]) -> PageCheck:
    """Returns what stands in the report of what was found by a rule.

    Args:
        name: The rule.
        finding: What was found.
        required: Names of the rules that the page passes only with.
    """
    return PageCheck(
        ok=_OK[finding.verdict],
        required=name in required,
        meaning=RULE_BY_NAME[name].meaning,
        reason=finding.found,
        **finding.figures,
    )


def judge_seen(seen: Seen, *, required: frozenset[str]) -> dict[str, PageCheck]:
    """Returns what stands in the report of every rule, by name.

    Args:
        seen: What is judged.
        required: Names of the rules that the page passes only with.
    """
    return {
        name: page_check(name, judge(seen), required=required) for name, judge in JUDGES.items()
    }


def _page_opened(seen: Seen) -> Finding:
    problems = (
        _in(arm, arm.problem or "its hooks did not appear")
        for arm in seen.arms
        if not arm.answers.ready
    )
    return judged(problems, "the hooks answered")


def _page_errors(seen: Seen) -> Finding:
    problems = [_in(arm, error) for arm in seen.arms for error in arm.page_errors]
    return judged(problems, "none") if problems or seen.all_ready else _NO_ANSWER


def _canvas_attached(seen: Seen) -> Finding:
    if not seen.all_ready:
        return _NO_ANSWER
    problems = (_in(arm, "no #viz-canvas") for arm in seen.arms if arm.answers.canvas is None)
    return judged(problems, "it is there")


def _manifest_active(seen: Seen) -> Finding:
    expected = seen.expected
    if expected is None:
        return _NO_PACK
    if expected.manifest_problem:
        return failed(expected.manifest_problem)
    if not seen.all_ready:
        return _NO_ANSWER
    problems = [
        _in(arm, f"{_num_pairs(arm)} of {expected.num_pairs} pairs are active")
        for arm in seen.arms
        if not arm.answers.active or _num_pairs(arm) not in (None, expected.num_pairs)
    ]
    if not problems and any(_num_pairs(arm) is None for arm in seen.arms):
        return not_applicable("the page does not count its pairs")
    left_out = f"; {expected.left_out}" if expected.left_out else ""
    return judged(problems, f"{expected.num_pairs} pairs{left_out}")


def _scores_merged(seen: Seen) -> Finding:
    expected = seen.expected
    if expected is None:
        return _NO_PACK
    if expected.quality_problem:
        return failed(expected.quality_problem)
    if not seen.all_active:
        return _NOT_ACTIVE
    miscounted = [
        _in(arm, f"{_num_scored(arm)} pairs have a score, {len(expected.scores)} should")
        for arm in seen.arms
        if _num_scored(arm) not in (None, len(expected.scores))
    ]
    misscored = (
        _in(arm, f"pair {pick.pair} has quality {pick.quality01}, not that of the file")
        for arm in seen.arms
        for pick in arm.samples
        if (pick.pair is None and not expected.left_out)
        or (pick.pair is not None and expected.scores.get(pick.pair) != pick.quality01)
    )
    good = f"{len(expected.scores)} of {expected.num_pairs} pairs have a score"
    return judged(miscounted or misscored, good)


def _frames_rendered(seen: Seen) -> Finding:
    if not seen.all_active:
        finding = _NOT_ACTIVE
    else:
        problems = (
            _in(arm, f"{arm.answers.frames_rendered} frames ({arm.answers.status_text})")
            for arm in seen.arms
            if arm.answers.frames_rendered < MIN_FRAMES
        )
        frames = ", ".join(str(arm.answers.frames_rendered) for arm in seen.arms)
        finding = judged(problems, f"{frames} frames")
    return finding.beside(_engine(seen))


def _output_non_empty(seen: Seen) -> Finding:
    if not seen.all_picked(lambda pick: pick.drawn):
        return not_applicable("no pair was drawn")
    problems = (
        _in(arm, "all pairs drawn were blank")
        for arm in seen.arms
        if not any(pick.visible for pick in arm.answers.picks)
    )
    return judged(problems, "something is to be seen")


def _output_changes(seen: Seen) -> Finding:
    if not seen.all_picked(lambda pick: pick.visible):
        return not_applicable("nothing was to be seen")
    problems = (
        _in(arm, "the picture of all pairs drawn stood still")
        for arm in seen.arms
        if not any(pick.moving for pick in arm.answers.picks)
    )
    return judged(problems, "it changes from frame to frame")


def _coupled_next(seen: Seen) -> Finding:
    if not seen.all_active:
        return _NOT_ACTIVE
    problems = (
        _in(arm, f"{num_good} of {NEXT_PICKS} picks did: {_shortcomings(arm)}")
        for arm in seen.arms
        if (num_good := sum(pick.good for pick in arm.answers.picks)) < NEXT_PICKS
    )
    return judged(problems, f"{NEXT_PICKS} picks in each arm")


def _every_next(seen: Seen) -> Finding:
    if not any(arm.answers.picks for arm in seen.arms):
        return not_applicable("nothing was picked")
    problems = (_in(arm, text) for arm in seen.arms if (text := _shortcomings(arm)))
    return judged(problems, "no pick fell short")


def _pick_uplift(seen: Seen) -> Finding:
    uplift = seen.uplift
    if seen.expected is None:
        return _NO_PACK
    if uplift is None:
        return not_applicable("no picks with scores to compare")
    if uplift.num_samples < MIN_SAMPLES:
        few = f"{uplift.num_samples} samples in an arm, at least {MIN_SAMPLES} are needed"
        return failed(few)
    return held(uplift.positive, uplift.figures)


JUDGES: Mapping[str, Callable[[Seen], Finding]] = {
    "pageOpened": _page_opened,
    "pageErrors": _page_errors,
    "canvasAttached": _canvas_attached,
    "manifestActive": _manifest_active,
    "scoresMerged": _scores_merged,
    "projectMFramesRendered": _frames_rendered,
    "finalOutputNonEmpty": _output_non_empty,
    "finalOutputChanges": _output_changes,
    "coupledNext": _coupled_next,
    "everyNext": _every_next,
    "pickUplift": _pick_uplift,
}
"""How each rule that is about the arms is judged, in the report's order."""


def _engine(seen: Seen) -> dict[str, Any]:
    """Of the arm that drew least, and the most that one drew; nothing of a page that is silent."""
    if not seen.all_ready:
        return {}
    answers = [arm.answers for arm in seen.arms]
    return {
        "initialized": all(each.initialized for each in answers),
        "framesRendered": min(each.frames_rendered for each in answers),
        "lastRenderTimeMs": max(each.last_render_time_ms or 0 for each in answers),
        "maxFramesRendered": max(each.frames_rendered for each in answers),
    }


def _num_pairs(arm: Arm) -> int | None:
    return arm.answers.manifest.pairs if arm.answers.manifest else None


def _num_scored(arm: Arm) -> int | None:
    return arm.answers.manifest.scored_pairs if arm.answers.manifest else None


def _shortcomings(arm: Arm) -> str:
    return "; ".join(
        f"{pick.shortcoming}" if pick.pair is None else f"pair {pick.pair}: {pick.shortcoming}"
        for pick in arm.answers.picks
        if not pick.good
    )


def _in(arm: Arm, text: str) -> Problem:
    """Returns a problem with the arm it was seen in."""
    return Problem(f"{arm.name}: {text}")
