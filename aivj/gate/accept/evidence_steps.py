"""Steps that look at the evidence of a verification."""

from aivj.contracts.checks import Mode
from aivj.contracts.fields import finite_number
from aivj.contracts.log_stats import LAG_ABOVE_MS, MIN_FRAME_SAMPLES
from aivj.contracts.verification import CONSOLE_NAME, SELECTION_NAME, write_schema_check
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.rules import (
    Finding,
    Problem,
    failed,
    held,
    judged,
    not_applicable,
)
from aivj.gate.stats import (
    Stat,
    data_link_stat,
    preload_stat,
    read_preload_log,
    read_selection_log,
    selection_stat,
)
from aivj.gate.verify_check import schema_check
from aivj.gate.verify_check.page_rules import library_prefix

PRELOAD_NAME = "preload.log"
SOFTWARE = "a software renderer drew"

_NO_EVIDENCE = not_applicable("no evidence")
_NO_SELECTION = not_applicable(f"no {SELECTION_NAME}")


def verified(subject: AcceptSubject, mode: Mode) -> Finding:
    """Judges the evidence by the rules of a page."""
    report = subject.judged[mode]
    write_schema_check(subject.evidence, schema_check(subject.loaded, report))
    problems = [Problem(f"{name}: {found}") for name, found in report.failed_checks.items()]
    passed = sum(result.verdict == "pass" for result in report.checks.values())
    good = f"{passed} of {len(report.checks)} checks passed, none failed"
    return judged(problems, good).at_length(report)


def selection_ratio(subject: AcceptSubject) -> Finding:
    """Judges how many of the selected presets move."""
    evidence = subject.loaded_if_any
    if evidence is None or evidence.selection is None:
        return _NO_SELECTION
    return _told(selection_stat(read_selection_log(evidence.selection.lines)))


def data_link(subject: AcceptSubject) -> Finding:
    """Judges how much of the selection the run manifest has."""
    evidence = subject.loaded_if_any
    if evidence is None or evidence.selection is None:
        return _NO_SELECTION
    log = read_selection_log(evidence.selection.lines)
    return _told(data_link_stat(log, prefix=library_prefix(evidence), limits=subject.limits))


def preload(subject: AcceptSubject) -> Finding:
    """Judges what making presets ready does to frames; on the CPU only tells."""
    stat = preload_stat(read_preload_log(subject.lines_of(PRELOAD_NAME, CONSOLE_NAME)))
    if stat.verdict != "not-applicable" and subject.loaded.is_software:
        return not_applicable(f"{SOFTWARE}: {stat.reason}").at_length(stat)
    return _told(stat)


def frame_time(subject: AcceptSubject) -> Finding:
    """Judges the frame times that were measured; on the CPU only tells."""
    evidence = subject.loaded_if_any
    if evidence is None:
        return _NO_EVIDENCE
    document = evidence.frame_time
    if document.value is None:
        return not_applicable(document.problem)
    frames, p95_ms = (finite_number(document.value.get(name)) for name in ("n", "p95Ms"))
    if frames is None or p95_ms is None or frames < MIN_FRAME_SAMPLES:
        return not_applicable(f"{frames or 0:.0f} frame times, {MIN_FRAME_SAMPLES} needed")
    told = f"p95 {p95_ms:.1f} ms over {frames:.0f} frames"
    if evidence.is_software:
        return not_applicable(f"{SOFTWARE}: {told}")
    return held(p95_ms <= LAG_ABOVE_MS, told, f"{told}, {LAG_ABOVE_MS:g} ms at most")


def budget_dynamics(subject: AcceptSubject) -> Finding:
    """Judges whether the performance budget answered to load."""
    evidence = subject.loaded_if_any
    if evidence is None:
        return _NO_EVIDENCE
    document = evidence.budget
    if document.written_at is None:
        return not_applicable(document.problem)
    if document.value is None:
        return failed(document.problem)
    reason = f"{document.value.get('reason') or document.value.get('error')}"
    return held(document.value.get("ok") is True, reason)


def _told(stat: Stat) -> Finding:
    return Finding(stat.verdict, stat.reason).at_length(stat)
