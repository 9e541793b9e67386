"""What `aivj morning --json` writes: the hard evidence of a night, a verdict a line."""

from collections.abc import Mapping
from typing import Literal

from aivj.contracts.checks import CheckResult, Passed, failures
from aivj.contracts.json_text import ContractModel


class MorningReport(ContractModel):
    """The verdict on a night.

    Attributes:
        schema_version: Version of this form.
        stamp: The night.
        checked_at: ISO-8601 time.
        verdict: Passed if no check failed.
        checks: Results by name, in the order in which a night goes.
    """

    schema_version: Literal[1] = 1
    stamp: str
    checked_at: str
    verdict: Passed
    checks: Mapping[str, CheckResult]

    @property
    def failed_checks(self) -> dict[str, str]:
        """What checks that failed found, by name."""
        return failures(self.checks)
