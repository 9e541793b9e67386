"""The evidence of a verification: its files, `report.json`, and `schema-check.json`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from aivj.contracts.checks import Mode, Passed
from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.contracts.uplift import Uplift
from aivj.storage import write_atomic

REPORT_NAME = "report.json"
CONSOLE_NAME = "browser-console.log"
PAGE_ERRORS_NAME = "page-errors.log"
SELECTION_NAME = "aivj-selection.log"
FRAME_TIME_NAME = "frame-time.json"
BUDGET_NAME = "budget-dynamics.json"
SCHEMA_CHECK_NAME = "schema-check.json"
TRACE_NAME = "trace.zip"


class PageCheck(ContractModel):
    """What was seen of one rule, with the figures that the runtime's reports have beside it.

    Attributes:
        ok: True passed, False failed, None not run, since what it looks at was not there.
        required: Whether the page passes only with it.
        meaning: The rule.
        reason: Figures of what passed, or why it failed or was not run.
    """

    model_config = ConfigDict(extra="allow")

    ok: bool | None
    required: bool
    meaning: str
    reason: OuterText


class PageRenderer(ContractModel):
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


class LogCounts(ContractModel):
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
    """`report.json`: what was seen of a page, and the verdict on it.

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
        verdict: That of `aivj verify-check` on the folder.
        checks: What was seen of each rule, by name.
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
    verdict: Passed
    checks: Mapping[str, PageCheck]
    sel_stats: SelectionStats | None = None
    uplift: Uplift | None
    renderer: PageRenderer
    counts: LogCounts
    artifacts: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether the page passed."""
        return self.verdict == "passed"

    @property
    def failed_checks(self) -> dict[str, str]:
        """Reasons of required checks that failed, by name, in the report's order."""
        return {
            name: check.reason
            for name, check in self.checks.items()
            if check.required and check.ok is False
        }


class SelectedFigure(ContractModel):
    """A figure and where it was found.

    Attributes:
        path: Keys that lead to it, with the file's name if it is not the report's.
        value: Milliseconds.
    """

    path: OuterText
    value: Number


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


def write_verify_report(folder: Path, report: VerifyReport) -> None:
    """Writes `report.json` into a folder of evidence.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / REPORT_NAME, document_bytes(report))


def write_schema_check(folder: Path, check: SchemaCheck) -> None:
    """Writes `schema-check.json` anew: an old one says nothing of this report.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / SCHEMA_CHECK_NAME, document_bytes(check))
