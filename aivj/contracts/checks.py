"""What `aivj check-run` and `aivj verify-check` say: each rule's result, and one verdict."""

from collections.abc import Mapping
from typing import Literal

from aivj.contracts.fields import Count, Omittable, OuterText
from aivj.contracts.json_text import ContractModel

Verdict = Literal["pass", "fail", "not-applicable"]
"""How a rule ended: what was not measured, or too seldom, is never a pass."""

Passed = Literal["passed", "failed"]
"""The verdict on all rules."""

Mode = Literal["dev", "release"]
"""What evidence has to be good enough for."""


class CheckResult(ContractModel):
    """What came of one rule.

    Attributes:
        verdict: Passed, failed, or nothing there that the rule is about.
        required: Whether all fails with it; left out where every rule is required.
        expected: The rule.
        found: Figures of what passed, the first problems of what failed, or why the rule does
            not apply.
        remedy: What to do; of failed rules only.
        num_problems: How many breaches there are; left out where they have no lines.
        lines: The first lines with one, from 1; the same.
    """

    verdict: Verdict
    required: Omittable[bool] = None
    expected: str
    found: OuterText
    remedy: Omittable[str] = None
    num_problems: Omittable[Count] = None
    lines: Omittable[list[int]] = None

    @property
    def fails_all(self) -> bool:
        """Whether all fails with it."""
        return self.verdict == "fail" and self.required is not False


def failures(checks: Mapping[str, CheckResult]) -> dict[str, str]:
    """Returns what those found that all fails with, by name, in the table's order."""
    return {name: result.found for name, result in checks.items() if result.fails_all}


class RunCheckReport(ContractModel):
    """The verdict on a run's folder.

    Attributes:
        schema_version: Version of this form.
        run: The folder.
        checked_at: ISO-8601 time.
        verdict: Passed if no rule failed.
        num_rows: Rows that were read.
        num_failures: Failures that were read.
        checks: Results by name, in the table's order.
        notes: What is worth knowing and breaks no rule.
    """

    schema_version: Literal[1] = 1
    run: str
    checked_at: str
    verdict: Passed
    num_rows: Count
    num_failures: Count
    checks: Mapping[str, CheckResult]
    notes: list[OuterText]

    @property
    def passed(self) -> bool:
        """Whether no rule failed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """What rules that failed found, by name, in the table's order."""
        return failures(self.checks)


class VerifyCheckReport(ContractModel):
    """The verdict on a folder of evidence.

    Attributes:
        schema_version: Version of this form.
        evidence: The folder.
        mode: What the evidence has to be good enough for.
        checked_at: ISO-8601 time.
        verdict: Passed if no required rule failed.
        checks: Results by name, in the table's order.
    """

    schema_version: Literal[1] = 1
    evidence: str
    mode: Mode
    checked_at: str
    verdict: Passed
    checks: Mapping[str, CheckResult]

    @property
    def passed(self) -> bool:
        """Whether no required rule failed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """What required rules that failed found, by name, in the table's order."""
        return failures(self.checks)
