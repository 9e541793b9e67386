"""How rules of a page judge its evidence: by the report, by the logs, by what was measured."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from aivj.contracts.checks import Mode
from aivj.contracts.fields import finite_number
from aivj.contracts.json_text import iso_utc, shown
from aivj.contracts.log_stats import LAG_ABOVE_MS
from aivj.contracts.run_manifest import RUN_MANIFEST_NAME
from aivj.contracts.verification import BUDGET_NAME, FRAME_TIME_NAME, SELECTION_NAME
from aivj.gate.arms import MIN_FRAMES
from aivj.gate.rules import Finding, Problem, failed, held, judged, not_applicable, passed
from aivj.gate.stats import data_link_stat, read_selection_log
from aivj.gate.verify_check.evidence import Evidence
from aivj.gate.verify_check.frame_figures import P95_NAME, select_figures

SCHEMA_VERSION = 1

PREFIXED_LIBRARY = "run3-crashsafe-15000"
"""The preset library whose ids begin with its name."""

Judge = Callable[[Evidence], Finding]

_ERROR_PREFIX = "[error]"
_SOFTWARE = "a software renderer drew"


def judge_report(evidence: Evidence) -> Finding:
    """There is a report, of the form that everything else is read from."""
    if evidence.report.value is None:
        return failed(evidence.report.problem)
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
    if finite_number(version) != SCHEMA_VERSION:
        return failed(f"schemaVersion is {shown(version)}")
    return passed(f"{version}")


def said(name: str, *, needed_in: Collection[Mode] = ()) -> Judge:
    """Makes the judge of a check that says true or false, by itself or as its `ok`.

    Args:
        name: The report's check.
        needed_in: Where a report that says neither fails; elsewhere the rule does not apply.
    """

    def judge(evidence: Evidence) -> Finding:
        value = evidence.checks.get(name)
        ok = _ok(value)
        if ok is not None:
            return held(ok, _why(value) or "true", _why(value))
        found = _unsaid(value) if name in evidence.checks else "the report does not have it"
        return failed(found) if evidence.mode in needed_in else not_applicable(found)

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


def judge_page_errors(evidence: Evidence) -> Finding:
    """The page threw nothing: the log has nothing, and the report neither counted nor failed."""
    lines = evidence.page_errors.lines if evidence.page_errors else ()
    errors = [
        Problem(line.strip(), number) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    counts = evidence.values.get("counts")
    counted = finite_number(counts.get("pageErrors")) if isinstance(counts, dict) else None
    if not errors and counted:
        return failed(f"the report counted {counted:.0f}")
    if not errors and said("pageErrors")(evidence).verdict == "fail":
        return failed("the report's own check failed")
    return judged(errors, "none")


def judge_console(evidence: Evidence) -> Finding:
    """The console was recorded and has no error."""
    if evidence.console is None:
        return failed("no browser-console.log")
    errors = [
        Problem(line, number)
        for number, line in enumerate(evidence.console.lines, start=1)
        if line.startswith(_ERROR_PREFIX)
    ]
    return judged(errors, f"{len(evidence.console.lines)} lines")


def judge_selection(evidence: Evidence) -> Finding:
    """A runtime with a run manifest selected presets by it."""
    if not evidence.query.get("runManifestUrl", "").endswith(f"/{RUN_MANIFEST_NAME}"):
        return not_applicable("the page had no run manifest")
    if evidence.selection is None:
        return failed("no log of selected presets")
    stat = data_link_stat(
        read_selection_log(evidence.selection.lines),
        prefix=library_prefix(evidence),
        limits=evidence.limits,
    )
    return held(stat.verdict == "pass", stat.reason)


def library_prefix(evidence: Evidence) -> str:
    """Returns what ids of the page's preset library begin with; empty if nothing is known of it."""
    library = evidence.query.get("presetLibrarySource")
    return f"{PREFIXED_LIBRARY}-" if library == PREFIXED_LIBRARY else ""


def judge_frame_figures(evidence: Evidence) -> Finding:
    """Frame times were measured."""
    figures = select_figures(evidence)
    problems = [Problem(f"no {name}") for name, figure in figures.items() if figure is None]
    if problems and evidence.is_software:
        return not_applicable(_SOFTWARE)
    told = (
        f"{name} {figure.value:.1f} ({figure.path})" for name, figure in figures.items() if figure
    )
    return judged(problems, ", ".join(told))


def judge_frame_rate(evidence: Evidence) -> Finding:
    """At most one frame in twenty lags, as the statistic of preloading has it."""
    if evidence.is_software:
        return not_applicable(_SOFTWARE)
    p95 = select_figures(evidence)[P95_NAME]
    if p95 is None:
        return not_applicable("no frame times")
    return held(p95.value <= LAG_ABOVE_MS, f"{p95.value:.1f} ms")


def judge_budget(evidence: Evidence) -> Finding:
    """The performance budget answered to load, wherever that was looked at."""
    document = evidence.budget
    if document.written_at is None:
        return said("budgetDynamics")(evidence)
    if document.value is None:
        return failed(document.problem)
    ok = document.value.get("ok")
    error = document.value.get("error")
    return held(ok is True, BUDGET_NAME, f"ok is {shown(ok)}, {error}")


def judge_artifacts_fresh(evidence: Evidence) -> Finding:
    """What lies beside the report was written after the page was opened."""
    times = {
        FRAME_TIME_NAME: evidence.frame_time.written_at,
        BUDGET_NAME: evidence.budget.written_at,
        SELECTION_NAME: evidence.selection.written_at if evidence.selection else None,
    }
    there = {name: written_at for name, written_at in times.items() if written_at is not None}
    started_at = evidence.started_at
    if not there or started_at is None:
        return not_applicable("nothing beside the report")
    stale = [
        Problem(f"{name} is of {iso_utc(written_at)}, the report of {iso_utc(started_at)}")
        for name, written_at in there.items()
        if written_at < started_at
    ]
    return judged(stale, ", ".join(there))


def _ok(value: object) -> bool | None:
    outcome = value.get("ok") if isinstance(value, Mapping) else value
    return outcome if isinstance(outcome, bool) else None


def _unsaid(value: object) -> str:
    """Returns why a check that is there says neither true nor false."""
    if value is None:
        return "not run"
    reason = value.get("reason") if isinstance(value, Mapping) else None
    return reason if isinstance(reason, str) and reason else f"the report says {shown(value)}"


def _why(value: Any) -> str:
    """Returns what a check says of itself: a reason of ours, an error of the runtime's."""
    if not isinstance(value, Mapping):
        return str(value).lower()
    texts = (value.get("reason"), value.get("error"))
    return next((text for text in texts if isinstance(text, str) and text), str(value.get("ok")))
