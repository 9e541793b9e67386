"""`report.json`: what was seen of a page, and the gate's verdict on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from aivj.browser.profiles import LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.contracts.uplift import Uplift
from aivj.gate.checks import CheckResult
from aivj.storage import write_atomic

Mode = Literal["dev", "release"]
"""What evidence has to be good enough for."""

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


class SelectionStats(ContractModel):
    """How picks were sampled, over both arms.

    Attributes:
        samples_collected: Picks that were sampled.
        target_samples: Picks that were to be.
        clicks_used: Picks that had to be shown for it.
        samples_per_click: The one over the other; None where nothing had to be shown.
        elapsed_ms: How long it took.
        abort_like_count: Arms that did not answer.
        coupled_pick_mode_counts: Picks by mode.
    """

    samples_collected: Count
    target_samples: Count
    clicks_used: Count
    samples_per_click: Number | None
    elapsed_ms: Number
    abort_like_count: Count
    coupled_pick_mode_counts: Mapping[str, Count]


class CoupledConfig(ContractModel):
    """How pairs were picked.

    Attributes:
        pack: Pack name.
        gamma: How much weighted picks preferred a better score.
        explore: Share of a pick's weight that did not depend on the score.
    """

    pack: str
    gamma: Number
    explore: Number


class VerifyReport(ContractModel):
    """`report.json`.

    Attributes:
        schema_version: Version of this form.
        mode: What it has to be good enough for.
        url: Address of the page that was opened first.
        started_at: ISO-8601 time.
        duration_s: Wall time in seconds.
        attempts: Tries of the whole.
        device_scale_factor: Device pixels in a CSS pixel.
        pack: Pack name; None if no pairs were played.
        quality_digest: SHA-256 of the scores that were checked; None without any.
        seed: Seed of picks and bootstrap.
        gamma: How much weighted picks preferred a better score.
        final_coupled_cfg: How pairs were picked; None without any.
        verdict: That of the table of `aivj.gate.verify_check` on the folder.
        checks: Results by name.
        sel_stats: How picks were sampled; None without any.
        uplift: Weighted against shuffled picks; None when there was nothing to compare.
        renderer: What drew the pictures.
        counts: Lines in the logs.
        artifacts: Files of evidence by kind, relative to the folder of this one.
    """

    schema_version: Literal[1] = 1
    mode: Mode = "dev"
    url: str
    started_at: str
    duration_s: Number
    attempts: Count = 1
    device_scale_factor: Number = 1.0
    pack: str | None
    quality_digest: str | None
    seed: int
    gamma: Number
    final_coupled_cfg: CoupledConfig | None = None
    verdict: Literal["passed", "failed"]
    checks: Mapping[str, CheckResult]
    sel_stats: SelectionStats | None = None
    uplift: Uplift | None
    renderer: GateRenderer
    counts: EvidenceCounts
    artifacts: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether the gate passed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """Reasons of the required checks that failed, by name, in the table's order."""
        return {
            name: check.reason
            for name, check in self.checks.items()
            if check.required and check.ok is False
        }


def write_report(out_dir: Path, report: VerifyReport) -> None:
    """Writes `report.json`.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(out_dir / REPORT_NAME, document_bytes(report))
