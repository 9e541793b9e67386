"""`accept.json`: how each step ended, and the verdict on all."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from aivj.contracts.fields import Number, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.gate.run_check.finding import Verdict
from aivj.storage import write_atomic

ACCEPT_NAME = "accept.json"
PAGE_NAME = "accept.html"


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
        verdict: Passed if no step failed, and the verification passed as it is needed to release.
        steps: By name, in their order.
    """

    schema_version: Literal[1] = 1
    pack: str
    started_at: str
    duration_s: Number
    used_artifacts: bool
    verdict: Literal["passed", "failed"]
    steps: Mapping[str, AcceptStep]

    @property
    def passed(self) -> bool:
        """Whether the pack is accepted."""
        return self.verdict == "passed"

    @property
    def failed_steps(self) -> dict[str, str]:
        """What steps that failed found, by name, in their order."""
        return {name: step.found for name, step in self.steps.items() if step.verdict == "fail"}


def verdict_of(
    steps: Mapping[str, AcceptStep], *, needed: Sequence[str]
) -> Literal["passed", "failed"]:
    """Returns the verdict on all: what does not apply holds nothing up, but for what is needed."""
    failed = any(step.verdict == "fail" for step in steps.values())
    done = all(steps[name].verdict == "pass" for name in needed)
    return "passed" if done and not failed else "failed"


def write_accept(folder: Path, report: AcceptReport) -> None:
    """Writes `accept.json`, last of all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / ACCEPT_NAME, document_bytes(report))
