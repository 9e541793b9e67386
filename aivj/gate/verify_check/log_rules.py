"""What the logs of the evidence say."""

from aivj.contracts.fields import finite_number
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.stats import data_link_stat, read_selection_log
from aivj.gate.verify_check.evidence import Evidence
from aivj.gate.verify_check.page_rules import said

PREFIXED_LIBRARY = "run3-crashsafe-15000"
"""The preset library whose ids begin with its name."""

_RUN_MANIFEST = "/run-manifest.json"
_ERROR_PREFIX = "[error]"


def judge_page_errors(evidence: Evidence) -> Finding:
    """The page threw nothing: the log has nothing, and the report neither counted nor failed."""
    lines = evidence.page_errors.lines if evidence.page_errors else ()
    errors = [
        Problem(line.strip(), number) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    counts = evidence.values.get("counts")
    counted = finite_number(counts.get("pageErrors")) if isinstance(counts, dict) else None
    if not errors and counted:
        errors.append(Problem(f"the report counted {counted:.0f}"))
    if not errors and said("pageErrors")(evidence).verdict == "fail":
        errors.append(Problem("the report's own check failed"))
    return judged(errors, "none")


def judge_console(evidence: Evidence) -> Finding:
    """The console was recorded and has no error."""
    if evidence.console is None:
        return judged([Problem("no browser-console.log")], "")
    errors = [
        Problem(line, number)
        for number, line in enumerate(evidence.console.lines, start=1)
        if line.startswith(_ERROR_PREFIX)
    ]
    return judged(errors, f"{len(evidence.console.lines)} lines")


def judge_selection(evidence: Evidence) -> Finding:
    """A runtime with a run manifest selected presets by it."""
    if not evidence.query.get("runManifestUrl", "").endswith(_RUN_MANIFEST):
        return not_applicable("the page had no run manifest")
    if evidence.selection is None:
        return judged([Problem("no log of selected presets")], "")
    prefixed = evidence.query.get("presetLibrarySource") == PREFIXED_LIBRARY
    stat = data_link_stat(
        read_selection_log(evidence.selection.lines),
        prefix=f"{PREFIXED_LIBRARY}-" if prefixed else "",
        limits=evidence.limits,
    )
    return judged([] if stat.verdict == "pass" else [Problem(stat.reason)], stat.reason)
