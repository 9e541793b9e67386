"""`accept.json`: how each step of an acceptance ended, and the verdict on all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from aivj.contracts.checks import Passed, Verdict
from aivj.contracts.fields import Number, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.storage import write_atomic

ACCEPT_NAME = "accept.json"
ACCEPT_PAGE_NAME = "accept.html"


class AcceptStep(ContractModel):
    """How one step ended.

    Attributes:
        title: What is looked at.
        verdict: Passed, failed, or nothing there that could be looked at.
        found: Figures, problems, or what is not there.
        remedy: What to do; of failed steps only.
        duration_s: Wall time in seconds.
        evidence: Files of it, relative to the folder of `accept.json`.
    """

    title: str
    verdict: Verdict
    found: OuterText
    remedy: Omittable[str] = None
    duration_s: Number
    evidence: list[OuterText]


class AcceptReport(ContractModel):
    """`accept.json`.

    Attributes:
        schema_version: Version of this form.
        pack: The pack.
        started_at: ISO-8601 time.
        duration_s: Wall time in seconds.
        used_artifacts: Whether evidence that was there was judged instead of made.
        verdict: Passed if no step failed, and those that always apply passed.
        steps: By name, in their order.
    """

    schema_version: Literal[1] = 1
    pack: str
    started_at: str
    duration_s: Number
    used_artifacts: bool
    verdict: Passed
    steps: Mapping[str, AcceptStep]

    @property
    def passed(self) -> bool:
        """Whether the pack is accepted."""
        return self.verdict == "passed"

    @property
    def failed_steps(self) -> dict[str, str]:
        """What steps that failed found, by name, in their order."""
        return {name: step.found for name, step in self.steps.items() if step.verdict == "fail"}


def write_accept(folder: Path, report: AcceptReport) -> None:
    """Writes `accept.json`, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / ACCEPT_NAME, document_bytes(report))
