"""Steps that look at the evidence of a verification."""

from aivj.contracts.fields import finite_number
from aivj.contracts.json_text import ContractModel
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.report import CONSOLE_NAME, Mode
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.stats import (
    Stat,
    data_link_stat,
    preload_stat,
    read_preload_log,
    read_selection_log,
    selection_stat,
)
from aivj.gate.stats.preload import LAG_ABOVE_MS
from aivj.gate.stats.stat import MIN_FRAME_SAMPLES
from aivj.gate.verify_check import judge_evidence, schema_check, write_schema_check
from aivj.gate.verify_check.evidence import SELECTION_NAME
from aivj.gate.verify_check.log_rules import PREFIXED_LIBRARY

PRELOAD_NAME = "preload.log"
SOFTWARE = "a software renderer drew"

_NO_EVIDENCE = "no evidence"

Outcome = tuple[Finding, ContractModel | None]
"""What a step found, and the document that says it at length."""


def verified(subject: AcceptSubject, mode: Mode) -> Outcome:
    """Judges the evidence by the gate's table."""
    evidence = subject.loaded(mode)
    report = judge_evidence(evidence, source=str(subject.evidence))
    write_schema_check(subject.evidence, schema_check(evidence, report))
    failed = [Problem(f"{name}: {found}") for name, found in report.failed_checks.items()]
    passed = sum(result.verdict == "pass" for result in report.checks.values())
    return judged(failed, f"{passed} of {len(report.checks)} checks passed, none failed"), report


def selection_ratio(subject: AcceptSubject) -> Outcome:
    """Judges how many of the selected presets move."""
    if not (subject.evidence / SELECTION_NAME).is_file():
        return not_applicable(f"no {SELECTION_NAME}"), None
    return _told(selection_stat(read_selection_log(subject.lines_of(SELECTION_NAME))))


def data_link(subject: AcceptSubject) -> Outcome:
    """Judges how much of the selection the run manifest has."""
    if not (subject.evidence / SELECTION_NAME).is_file():
        return not_applicable(f"no {SELECTION_NAME}"), None
    library = subject.loaded("dev").query.get("presetLibrarySource")
    prefix = f"{PREFIXED_LIBRARY}-" if library == PREFIXED_LIBRARY else ""
    log = read_selection_log(subject.lines_of(SELECTION_NAME))
    return _told(data_link_stat(log, prefix=prefix, limits=subject.limits))


def preload(subject: AcceptSubject) -> Outcome:
    """Judges what making presets ready does to frames; on the CPU only tells."""
    stat = preload_stat(read_preload_log(subject.lines_of(PRELOAD_NAME, CONSOLE_NAME)))
    if stat.verdict != "not-applicable" and subject.is_software:
        return not_applicable(f"{SOFTWARE}: {stat.reason}"), stat
    return _told(stat)


def frame_time(subject: AcceptSubject) -> Outcome:
    """Judges the frame times that were measured; on the CPU only tells."""
    if not subject.evidence.is_dir():
        return not_applicable(_NO_EVIDENCE), None
    document = subject.loaded("dev").frame_time
    if document.value is None:
        return not_applicable(document.problem), None
    frames, p95_ms = (finite_number(document.value.get(name)) for name in ("n", "p95Ms"))
    if frames is None or p95_ms is None or frames < MIN_FRAME_SAMPLES:
        return not_applicable(f"{frames or 0:.0f} frame times, {MIN_FRAME_SAMPLES} needed"), None
    told = f"p95 {p95_ms:.1f} ms over {frames:.0f} frames"
    if subject.is_software:
        return not_applicable(f"{SOFTWARE}: {told}"), None
    late = [] if p95_ms <= LAG_ABOVE_MS else [Problem(f"{told}, {LAG_ABOVE_MS:g} ms at most")]
    return judged(late, told), None


def budget_dynamics(subject: AcceptSubject) -> Outcome:
    """Judges whether the performance budget answered to load."""
    if not subject.evidence.is_dir():
        return not_applicable(_NO_EVIDENCE), None
    document = subject.loaded("dev").budget
    if document.written_at is None:
        return not_applicable(document.problem), None
    if document.value is None:
        return judged([Problem(document.problem)], ""), None
    reason = f"{document.value.get('reason') or document.value.get('error')}"
    good = document.value.get("ok") is True
    return judged([] if good else [Problem(reason)], reason), None


def _told(stat: Stat) -> Outcome:
    finding = Finding(stat.verdict, stat.reason)
    return finding, stat
