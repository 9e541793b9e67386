"""The verdict on a run, as people and programs read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from aivj.contracts.fields import Count, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, iso_utc
from aivj.gate.run_check.checks import CHECKS, Check
from aivj.gate.run_check.finding import Finding, Verdict
from aivj.gate.run_check.notes import notes
from aivj.gate.run_check.run_files import LoadedRun, load_run
from aivj.storage import write_atomic


class CheckResult(ContractModel):
    """How one check ended.

    Attributes:
        verdict: Passed, failed, or nothing there that the rule is about.
        expected: The rule.
        found: Figures of a passed check, the first problems of a failed one, or why the check
            does not apply.
        remedy: What to do; of failed checks only.
        num_problems: How many breaches there are.
        lines: The first lines with one, from 1.
    """

    verdict: Verdict
    expected: str
    found: OuterText
    remedy: Omittable[str] = None
    num_problems: Count = 0
    lines: list[int]

    @classmethod
    def of(cls, check: Check, finding: Finding) -> "CheckResult":
        """Puts a check and what it found together."""
        return cls(
            verdict=finding.verdict,
            expected=check.expected,
            found=finding.found,
            remedy=check.remedy if finding.verdict == "fail" else None,
            num_problems=finding.num_problems,
            lines=list(finding.lines),
        )


class RunCheckReport(ContractModel):
    """The verdict on a run.

    Attributes:
        schema_version: Version of this form.
        run: The run's folder.
        checked_at: ISO-8601 time.
        verdict: Passed if no check failed.
        num_rows: Rows that were read.
        num_failures: Failures that were read.
        checks: Results by name, in the table's order.
        notes: What is worth knowing and breaks no rule.
    """

    schema_version: Literal[1] = 1
    run: str
    checked_at: str
    verdict: Literal["passed", "failed"]
    num_rows: Count
    num_failures: Count
    checks: Mapping[str, CheckResult]
    notes: list[OuterText]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """What failed checks found, by name, in the table's order."""
        return {
            name: result.found for name, result in self.checks.items() if result.verdict == "fail"
        }


def check_run(path: Path, *, packs_root: Path | None = None) -> RunCheckReport:
    """Checks a run's folder against every rule.

    Args:
        path: The folder.
        packs_root: Folder that `/presets/...` URLs resolve below; with it, pairs are looked up
            in the manifests.

    Raises:
        InputError: It is no run's folder, or cannot be read.
    """
    return _report(load_run(path, packs_root=packs_root))


def write_report(path: Path, report: RunCheckReport) -> None:
    """Writes a report, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(report))


def _report(run: LoadedRun) -> RunCheckReport:
    checks = {check.name: CheckResult.of(check, check.judge(run)) for check in CHECKS}
    failed = any(result.verdict == "fail" for result in checks.values())
    return RunCheckReport(
        run=str(run.path),
        checked_at=iso_utc(datetime.now(UTC)),
        verdict="failed" if failed else "passed",
        num_rows=len(run.rows),
        num_failures=len(run.failures),
        checks=checks,
        notes=notes(run),
    )
