"""What was measured beside the report: frame times, the performance budget, and when."""

from aivj.contracts.json_text import iso_utc, shown
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.stats.preload import LAG_ABOVE_MS
from aivj.gate.verify_check.evidence import (
    BUDGET_NAME,
    FRAME_TIME_NAME,
    SELECTION_NAME,
    Evidence,
)
from aivj.gate.verify_check.frame_figures import P95_NAME, select_figures
from aivj.gate.verify_check.page_rules import said


def judge_frame_figures(evidence: Evidence) -> Finding:
    """Frame times were measured."""
    figures = select_figures(evidence)
    problems = [Problem(f"no {name}") for name, figure in figures.items() if figure is None]
    if problems and evidence.is_software:
        return not_applicable("a software renderer drew")
    told = (
        f"{name} {figure.value:.1f} ({figure.path})" for name, figure in figures.items() if figure
    )
    return judged(problems, ", ".join(told))


def judge_frame_rate(evidence: Evidence) -> Finding:
    """At most one frame in twenty lags, as the statistic of preloading has it."""
    if evidence.is_software:
        return not_applicable("a software renderer drew")
    p95 = select_figures(evidence)[P95_NAME]
    if p95 is None:
        return not_applicable("no frame times")
    late = [] if p95.value <= LAG_ABOVE_MS else [Problem(f"{p95.value:.1f} ms")]
    return judged(late, f"{p95.value:.1f} ms")


def judge_budget(evidence: Evidence) -> Finding:
    """The performance budget answered to load, wherever that was looked at."""
    document = evidence.budget
    if document.written_at is None:
        return said("budgetDynamics")(evidence)
    if document.value is None:
        return judged([Problem(document.problem)], "")
    ok = document.value.get("ok")
    error = document.value.get("error")
    return judged([] if ok is True else [Problem(f"ok is {shown(ok)}, {error}")], BUDGET_NAME)


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
