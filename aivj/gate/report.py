"""The gate's verdict, and the folder of evidence it comes with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from aivj.browser.profiles import LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.gate.arms import Arm
from aivj.gate.checks import CheckResult
from aivj.gate.uplift import Uplift
from aivj.storage import write_atomic

REPORT_NAME = "report.json"
CONSOLE_NAME = "browser-console.log"
PAGE_ERRORS_NAME = "page-errors.log"


class GateRenderer(ContractModel):
    """What drew the pictures.

    Attributes:
        profile: Launch profile.
        renderer_class: Class within which pictures may be compared.
        vendor: Unmasked WebGL vendor.
        renderer: Unmasked WebGL renderer.
        gl_version: Version of the context.
        chromium_version: Version of the browser.
    """

    profile: str
    renderer_class: str
    vendor: str
    renderer: str
    gl_version: str
    chromium_version: str

    @classmethod
    def of(cls, plan: LaunchPlan, report: RendererReport) -> "GateRenderer":
        """Takes over what a session found."""
        return cls(
            profile=plan.profile,
            renderer_class=report.renderer_class,
            vendor=report.vendor,
            renderer=report.renderer,
            gl_version=report.gl_version,
            chromium_version=report.chromium_version,
        )


class EvidenceCounts(ContractModel):
    """Lines in the logs.

    Attributes:
        console: Lines of the console.
        page_errors: Page errors.
    """

    console: Count
    page_errors: Count


class VerifyReport(ContractModel):
    """`report.json`.

    Attributes:
        schema_version: Version of this form.
        url: Address of the page in the weighted arm.
        started_at: ISO-8601 time.
        duration_s: Wall time in seconds.
        pack: Pack name.
        quality_digest: SHA-256 of the scores that were checked; None without any.
        seed: Seed of picks and bootstrap.
        gamma: How much weighted picks preferred a better score.
        verdict: Passed if every required check did.
        checks: Results by name.
        uplift: Weighted against shuffled picks; None when there was nothing to compare.
        renderer: What drew the pictures.
        counts: Lines in the logs.
        artifacts: Files of evidence by kind, relative to the folder of this one.
    """

    schema_version: Literal[1] = 1
    url: str
    started_at: str
    duration_s: Number
    pack: str
    quality_digest: str | None
    seed: int
    gamma: Number
    verdict: Literal["passed", "failed"]
    checks: Mapping[str, CheckResult]
    uplift: Uplift | None
    renderer: GateRenderer
    counts: EvidenceCounts
    artifacts: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether every required check passed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """Reasons of the required checks that failed, by name, in the table's order."""
        return {
            name: check.reason
            for name, check in self.checks.items()
            if check.required and check.ok is False
        }


def verdict_of(checks: Mapping[str, CheckResult]) -> Literal["passed", "failed"]:
    """A required check that was not run has not passed."""
    passed = all(check.ok for check in checks.values() if check.required)
    return "passed" if passed else "failed"


def console_lines(arms: Sequence[Arm]) -> list[str]:
    """What the pages said, arm by arm."""
    return [line for arm in arms for line in arm.evidence.console]


def error_lines(arms: Sequence[Arm]) -> list[str]:
    """What went wrong in the pages, arm by arm."""
    return [
        f"{arm.name}: {text}"
        for arm in arms
        for text in (*arm.page_errors, *([arm.problem] if arm.problem else []))
    ]


def write_logs(out_dir: Path, arms: Sequence[Arm]) -> dict[str, str]:
    """Writes logs and pictures into `out_dir` and returns their names by kind.

    Raises:
        StorageError: The disk did not take them.
    """
    names = {"console": CONSOLE_NAME, "pageErrors": PAGE_ERRORS_NAME}
    _write_lines(out_dir / CONSOLE_NAME, console_lines(arms))
    _write_lines(out_dir / PAGE_ERRORS_NAME, error_lines(arms))
    for arm in arms:
        if arm.evidence.png is not None:
            names[f"{arm.name}Screenshot"] = f"{arm.name}.png"
            write_atomic(out_dir / f"{arm.name}.png", arm.evidence.png)
    return names


def write_report(out_dir: Path, report: VerifyReport) -> None:
    """Writes `report.json`, last of all the evidence.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(out_dir / REPORT_NAME, document_bytes(report))


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())
