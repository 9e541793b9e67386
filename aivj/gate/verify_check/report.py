"""Evidence judged by every rule of a page, and `schema-check.json`."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.checks import CheckResult, VerifyCheckReport, failures
from aivj.contracts.json_text import iso_utc
from aivj.contracts.verification import REPORT_NAME, SchemaCheck
from aivj.gate.rules import not_applicable
from aivj.gate.verify_check.evidence import Evidence
from aivj.gate.verify_check.frame_figures import select_figures
from aivj.gate.verify_check.table import RULES, PageRule

_SCHEMA_CHECKS = ("report", "schemaVersion", "frameFigures")


def judge_evidence(evidence: Evidence, *, source: str) -> VerifyCheckReport:
    """Judges evidence by every rule.

    Args:
        evidence: What is judged.
        source: Its folder, as it shall stand in the result.
    """
    checks = {rule.name: _result(rule, evidence) for rule in RULES}
    return VerifyCheckReport(
        evidence=source,
        mode=evidence.mode,
        checked_at=iso_utc(datetime.now(UTC)),
        verdict="failed" if failures(checks) else "passed",
        checks=checks,
    )


def _result(rule: PageRule, evidence: Evidence) -> CheckResult:
    is_there = evidence.report.value is not None or rule is RULES[0]
    finding = rule.judge(evidence) if is_there else not_applicable("no report that can be read")
    return rule.result(finding, required=evidence.mode in rule.required_in)


def schema_check(evidence: Evidence, report: VerifyCheckReport) -> SchemaCheck:
    """Returns what `schema-check.json` says of evidence that was judged."""
    told = {name: f"{name}: {report.checks[name].found}" for name in _SCHEMA_CHECKS}
    ended = {name: report.checks[name].verdict for name in _SCHEMA_CHECKS}
    errors = [told[name] for name in told if ended[name] == "fail"]
    return SchemaCheck(
        ok=not errors,
        report_path=str(Path(report.evidence) / REPORT_NAME),
        require_schema_version=evidence.require_schema_version,
        selected=select_figures(evidence),
        errors=errors,
        warnings=[told[name] for name in told if ended[name] == "not-applicable"],
    )
