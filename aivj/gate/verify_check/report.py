"""The gate's verdict on a folder of evidence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from aivj.contracts.fields import Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, iso_utc
from aivj.gate.report import REPORT_NAME, Mode
from aivj.gate.run_check.finding import Finding, Verdict, not_applicable
from aivj.gate.verify_check.evidence import Evidence
from aivj.gate.verify_check.frame_figures import SelectedFigure, select_figures
from aivj.gate.verify_check.table import CHECKS, Check
from aivj.storage import write_atomic

SCHEMA_CHECK_NAME = "schema-check.json"

_SCHEMA_CHECKS = ("report", "schemaVersion", "frameFigures")


class CheckResult(ContractModel):
    """How one check ended.

    Attributes:
        verdict: Passed, failed, or nothing there that the rule is about.
        required: Whether the gate does not pass unless it passes or does not apply.
        expected: The rule.
        found: Figures of a passed check, problems of a failed one, or why it does not apply.
        remedy: What to do; of failed checks only.
    """

    verdict: Verdict
    required: bool
    expected: str
    found: OuterText
    remedy: Omittable[str] = None


class VerifyCheckReport(ContractModel):
    """The verdict.

    Attributes:
        schema_version: Version of this form.
        evidence: The folder.
        mode: What the evidence has to be good enough for.
        checked_at: ISO-8601 time.
        verdict: Passed if no required check failed.
        checks: Results by name, in the table's order.
    """

    schema_version: Literal[1] = 1
    evidence: str
    mode: Mode
    checked_at: str
    verdict: Literal["passed", "failed"]
    checks: Mapping[str, CheckResult]

    @property
    def passed(self) -> bool:
        """Whether no required check failed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """What required checks that failed found, by name, in the table's order."""
        return {
            name: result.found
            for name, result in self.checks.items()
            if result.required and result.verdict == "fail"
        }


class SchemaCheck(ContractModel):
    """`schema-check.json`: whether the report has what later programs read from it.

    Attributes:
        ok: Whether there is no error.
        report_path: The report.
        require_schema_version: Whether a report without `schemaVersion` is an error.
        selected: Where each figure was found; null for one that is nowhere.
        errors: What is wrong.
        warnings: What is missing and need not be there.
    """

    ok: bool
    report_path: str
    require_schema_version: bool
    selected: Mapping[str, SelectedFigure | None]
    errors: list[OuterText]
    warnings: list[OuterText]


def judge_evidence(evidence: Evidence, *, source: str) -> VerifyCheckReport:
    """Judges evidence by every rule.

    Args:
        evidence: What is judged.
        source: Its folder, as it shall stand in the result.
    """
    checks = {check.name: _result(check, evidence) for check in CHECKS}
    failed = any(result.required and result.verdict == "fail" for result in checks.values())
    return VerifyCheckReport(
        evidence=source,
        mode=evidence.mode,
        checked_at=iso_utc(datetime.now(UTC)),
        verdict="failed" if failed else "passed",
        checks=checks,
    )


def schema_check(evidence: Evidence, report: VerifyCheckReport) -> SchemaCheck:
    """Returns what `schema-check.json` says of evidence that was judged."""
    results = {name: report.checks[name] for name in _SCHEMA_CHECKS}
    errors = [
        f"{name}: {result.found}" for name, result in results.items() if result.verdict == "fail"
    ]
    return SchemaCheck(
        ok=not errors,
        report_path=str(Path(report.evidence) / REPORT_NAME),
        require_schema_version=evidence.require_schema_version,
        selected=select_figures(evidence),
        errors=errors,
        warnings=[
            f"{name}: {result.found}"
            for name, result in results.items()
            if result.verdict == "not-applicable"
        ],
    )


def write_schema_check(folder: Path, check: SchemaCheck) -> None:
    """Writes `schema-check.json` anew: an old one says nothing of this report.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / SCHEMA_CHECK_NAME, document_bytes(check))


def _result(check: Check, evidence: Evidence) -> CheckResult:
    finding = _finding(check, evidence)
    return CheckResult(
        verdict=finding.verdict,
        required=evidence.mode in check.required_in,
        expected=check.expected,
        found=finding.found,
        remedy=check.remedy if finding.verdict == "fail" else None,
    )


def _finding(check: Check, evidence: Evidence) -> Finding:
    if evidence.report.value is None and check is not CHECKS[0]:
        return not_applicable("no report that can be read")
    return check.judge(evidence)
