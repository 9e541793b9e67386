"""What the report says of the page."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from aivj.contracts.fields import finite_number
from aivj.contracts.json_text import shown
from aivj.gate.arms import MIN_FRAMES
from aivj.gate.report import Mode
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.verify_check.evidence import Evidence

SCHEMA_VERSION = 1

Judge = Callable[[Evidence], Finding]


def judge_report(evidence: Evidence) -> Finding:
    """There is a report, of the form that everything else is read from."""
    if evidence.report.value is None:
        return judged([Problem(evidence.report.problem)], "")
    wanted = {
        "url": isinstance(evidence.values.get("url"), str),
        "startedAt": evidence.started_at is not None,
        "checks": bool(evidence.checks),
    }
    problems = [
        Problem(f"{key} is {shown(evidence.values.get(key))}")
        for key, good in wanted.items()
        if not good
    ]
    return judged(problems, f"{len(evidence.checks)} checks of {evidence.values.get('url')}")


def judge_schema_version(evidence: Evidence) -> Finding:
    """The report has the version that is read here."""
    version = evidence.values.get("schemaVersion")
    if version is None and not evidence.require_schema_version:
        return not_applicable("no schemaVersion, as older writers have none")
    good = finite_number(version) == SCHEMA_VERSION
    return judged([] if good else [Problem(f"schemaVersion is {shown(version)}")], f"{version}")


def said(name: str, *, needed_in: Collection[Mode] = ()) -> Judge:
    """Makes the judge of a check that says true or false, by itself or as its `ok`.

    Args:
        name: The report's check.
        needed_in: Where a report that says neither fails; elsewhere the check does not apply.
    """

    def judge(evidence: Evidence) -> Finding:
        value = evidence.checks.get(name)
        ok = _ok(value)
        if ok is None:
            reason = value.get("reason") if isinstance(value, Mapping) else None
            told = (
                reason if isinstance(reason, str) and reason else f"the report says {shown(value)}"
            )
            found = told if value is not None else "not run"
            found = found if name in evidence.checks else "the report does not have it"
            needed = evidence.mode in needed_in
            return judged([Problem(found)], "") if needed else not_applicable(found)
        return judged([] if ok else [Problem(_why(value))], _why(value) or "true")

    return judge


def judge_frames(evidence: Evidence) -> Finding:
    """Presets were drawn: three frames while developing, for a release by an engine that is up."""
    value = evidence.checks.get("projectMFramesRendered")
    engine = value if isinstance(value, Mapping) else {}
    frames = finite_number(engine.get("framesRendered"))
    if frames is None:
        return said("projectMFramesRendered", needed_in=("dev", "release"))(evidence)
    problems = []
    if frames < (MIN_FRAMES if evidence.mode == "dev" else 1):
        problems.append(Problem(f"{frames:.0f} frames"))
    if evidence.mode == "release" and engine.get("initialized") is not True:
        problems.append(Problem(f"initialized is {shown(engine.get('initialized'))}"))
    return judged(problems, f"{frames:.0f} frames")


def judge_others(judged_elsewhere: Collection[str]) -> Judge:
    """Makes the judge of those checks that the report itself requires.

    Args:
        judged_elsewhere: Checks that have a rule of their own.
    """

    def judge(evidence: Evidence) -> Finding:
        required = {
            name: value
            for name, value in evidence.checks.items()
            if isinstance(value, Mapping)
            and value.get("required") is True
            and name not in judged_elsewhere
        }
        if not required:
            return not_applicable("the report requires no others")
        problems = [
            Problem(f"{name}: {_why(value)}") for name, value in required.items() if not _ok(value)
        ]
        return judged(problems, ", ".join(required))

    return judge


def _ok(value: object) -> bool | None:
    outcome = value.get("ok") if isinstance(value, Mapping) else value
    return outcome if isinstance(outcome, bool) else None


def _why(value: Any) -> str:
    """Returns what a check says of itself: a reason of ours, an error of the runtime's."""
    if not isinstance(value, Mapping):
        return str(value).lower()
    texts = (value.get("reason"), value.get("error"))
    return next((text for text in texts if isinstance(text, str) and text), str(value.get("ok")))
