"""What is told of making library packs: a draw's quality report, a division by an audit."""

from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Count, Omittable, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.contracts.library_manifest import LibraryVersion, SampleMode

QUALITY_REPORT_NAME = "quality-report.json"
SAFE_UNSAFE_REPORT_NAME = "safe-unsafe.report.json"

ExclusionReason = Literal["blacklist", "hygiene", "missing-source-file", "blacklist-id"]


class DrawCounts(ContractModel):
    """How many presets."""

    scanned: Count = Field(description="Listed")
    considered: Count = Field(description="Of these, looked at")
    included: Count = Field(description="In the pack")
    excluded: Count = Field(description="Looked at and left out")
    excluded_by_blacklist: Count = Field(description="Since a blacklist names them")
    excluded_by_blacklist_prefilter: Count = Field(description="The same, before any was looked at")
    excluded_by_hygiene: Count = Field(description="Since they are no sound file")
    warnings: Count = Field(description="Oddities of presets that were taken")


class Excluded(ContractModel):
    """A preset that was looked at and left out."""

    rel: OuterText = Field(description="Path below the library")
    url: OuterText = Field(description="What its URL would have been")
    reason: ExclusionReason


class QualityReport(ContractModel):
    """`quality-report.json`: what came of drawing a library pack."""

    version: LibraryVersion = "v0"
    generated_at: str = Field(description="ISO-8601 time")
    source_root: OuterText = Field(description="The library; for display alone")
    target: str = Field(description="The pack")
    sample_mode: SampleMode
    seed: Count = Field(description="What decided which presets")
    counts: DrawCounts
    excluded: list[Excluded]
    warnings: list[OuterText]


class SplitInputs(ContractModel):
    """What was read."""

    manifest: str
    audit: str


class SplitOutputs(ContractModel):
    """What was written."""

    safe: str
    unsafe: str


class SplitPolicy(ContractModel):
    """What counts as safe."""

    missing_quality: Literal["unsafe", "drop", "safe"] = Field(
        default="unsafe", description="What becomes of presets that were not probed"
    )
    allow_bad_in_safe: bool = Field(
        default=False, description="Whether crash-safe presets are safe however they look"
    )
    require_wasm_compat_ok: bool = Field(
        default=False, description="Whether the manifest must say that a probe could load them"
    )


class SplitStats(ContractModel):
    """How many presets."""

    total_in_manifest: Count
    total_with_audit_entry: Count
    total_missing_audit_entry: Count
    total_with_quality: Count
    total_missing_quality: Count
    safe: Count
    unsafe: Count
    dropped: Count
    reasons: dict[str, Count] = Field(description="Presets by what is wrong with them")
    tags: dict[str, Count] = Field(description="Presets by tag")


class SafeUnsafeReport(ContractModel):
    """`safe-unsafe.report.json`: a manifest divided by an audit."""

    generated_at: str = Field(description="ISO-8601 time")
    inputs: SplitInputs
    outputs: SplitOutputs
    policy: SplitPolicy
    stats: SplitStats
    bad_entries: Omittable[Count] = Field(
        default=None, description="Entries of the audit that name no preset"
    )
