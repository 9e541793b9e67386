"""`preset-audit.json` and what is derived of it: what was found out of each preset of a library.

Written as the original's tools write it: `relPath` is the first key of each entry. Reading asks for
no more than a `relPath`; the rest is completed.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from aivj.contracts.fields import (
    MAX_SAFE_INTEGER,
    Count,
    NumberIfAny,
    Omittable,
    OuterText,
    finite_number,
)
from aivj.contracts.json_text import ContractModel
from aivj.contracts.preset_audit_reasons import Pool, is_crash, is_hard

PRESET_AUDIT_NAME = "preset-audit.json"
AUDIT_SUMMARY_NAME = "audit-summary.json"
QUALITY_BLACKLIST_NAME = "quality-blacklist.json"
SNAPSHOT_SUMMARY_NAME = "preset-audit.summary.json"
SNAPSHOT_BLACKLIST_NAME = "preset-audit.blacklist.json"

MIN_AVG_LUMA, MAX_AVG_LUMA = 0.06, 0.96
"""Mean luma up to which a preset is too dark, and from which on it is too bright."""

REPAIR_MIN_AVG_LUMA = 0.035
"""Mean luma up to which a repaired preset is too dark: what was taken out of it drew, too."""

MIN_AVG_FRAME_DELTA = 0.002
"""Mean difference of frames below which a preset moves too little."""

BlacklistMode = Literal["quality", "crash", "none"]
MissingQuality = Literal["drop", "unsafe", "safe"]
"""What becomes of presets that were not probed: `unsafe` ones are blacklisted."""

MISSING_QUALITY = "missing-quality"
"""The reason of a blacklist for a preset that was not probed."""


def _numbers(value: object) -> Mapping[object, float]:
    found = {key: finite_number(each) for key, each in _object(value).items()}
    return {key: number for key, number in found.items() if number is not None}


def _object(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _object_if_any(value: object) -> object:
    return value if isinstance(value, Mapping | ContractModel) else None


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [value] if isinstance(value, str) else []


def _number_if_any(value: object) -> object:
    return None if finite_number(value) is None else value


def _text_if_any(value: object) -> object:
    return value if isinstance(value, str) else None


def _counts(value: object) -> object:
    return value if isinstance(value, Mapping | ContractModel) else {}


def _count(value: object) -> int:
    number = finite_number(value)
    return 0 if number is None else min(max(0, int(number)), MAX_SAFE_INTEGER)


def _or(default: str) -> BeforeValidator:
    return BeforeValidator(lambda value: value if isinstance(value, str) else default)


# Readers take whatever another program wrote there, and read as nothing what is of no use.
_Texts = Annotated[list[OuterText], BeforeValidator(_texts)]
_Text = Annotated[OuterText, _or("")]
_TextIfAny = Annotated[OuterText | None, BeforeValidator(_text_if_any)]
_Category = Annotated[OuterText, _or("other")]
_Numbers = Annotated[dict[OuterText, float], BeforeValidator(_numbers)]
_Count = Annotated[Count, BeforeValidator(_count)]
_Flag = Annotated[bool, BeforeValidator(lambda value: value is True)]
_Decoding = Annotated[
    Literal["utf8", "latin1"],
    BeforeValidator(lambda value: "latin1" if value == "latin1" else "utf8"),
]


class AuditQuality(ContractModel):
    """What a preset looked like when it was drawn, and what is wrong with that."""

    ok: _Flag = Field(default=False, description="Whether there are no reasons")
    reasons: _Texts = Field(default=[], description="What is wrong, see the audit's vocabulary")
    avg_luma: NumberIfAny = Field(default=None, description="Mean luma, 0 to 1")
    avg_frame_delta: NumberIfAny = Field(default=None, description="Mean change a frame, 0 to 1")
    avg_render_ms: NumberIfAny = Field(default=None, description="Mean time of a frame")
    p95_render_ms: NumberIfAny = Field(default=None, description="What 95 % of frames keep within")
    render_ok: _Flag = Field(default=False, description="Whether it could be drawn to the end")
    aborted: _Flag = Field(default=False, description="Whether its equations ended by themselves")
    error_text: Omittable[_TextIfAny] = Field(default=None, description="What the page said")

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.ok and not self.reasons

    @property
    def is_crash_safe(self) -> bool:
        """Whether it breaks nothing, however it looks."""
        return not (self.aborted or any(map(is_crash, self.reasons)))

    def is_in(self, pool: Pool) -> bool:
        """Tells whether the preset belongs to a pool."""
        return self.is_ok if pool == "ok-only" else self.is_crash_safe


class AuditCounts(ContractModel):
    """Lines of a preset by what their keys begin with, in any case."""

    per_frame: _Count = Field(default=0, description="`per_frame_` and a number")
    per_pixel: _Count = Field(default=0, description="`per_pixel_` and a number")
    shape: _Count = Field(default=0, description="`shape` and a number")
    wave_line: _Count = Field(default=0, description="`wave_`")


class AuditEntry(ContractModel):
    """What was found out of one preset of a library."""

    rel_path: OuterText = Field(min_length=1, description="Path below the library; always first")
    file_name: _Text = Field(default="", description="Last part of the path")
    pack: _Text = Field(default="", description="First folder of the path, if there is one")
    file_size: _Count = Field(default=0, description="Bytes")
    decoded_as: _Decoding = Field(default="utf8", description="How it was read")
    warnings: _Texts = Field(default=[], description="Hygiene: what is odd about the file")
    fixes: _Texts = Field(default=[], description="What had to be done to its text")
    line_count: _Count = Field(default=0, description="Lines of the text")
    counts: Annotated[AuditCounts, BeforeValidator(_counts)] = Field(
        default=AuditCounts(), description="Lines by kind"
    )
    params: _Numbers = Field(default={}, description="Some of its numbers, by key")
    tags: _Texts = Field(default=[], description="Coarse words for what it does")
    primary_category: _Category = Field(default="other", description="The tag it is filed under")
    quality: Annotated[AuditQuality | None, BeforeValidator(_object_if_any)] = Field(
        default=None, description="What it looked like; null if it was not probed"
    )
    probed_at: _TextIfAny = Field(default=None, description="When, ISO-8601")
    repair_written: _Flag = Field(default=False, description="Whether a repaired copy was written")


class AuditHeader(ContractModel):
    """What an audit says of itself, before its entries."""

    version: str = "v0"
    generated_at: str = Field(default="", description="When it began, ISO-8601")
    updated_at: str = Field(default="", description="When it was written, ISO-8601")
    source_root: str = Field(default="", description="The library; for people")
    manifest_path: Omittable[str] = Field(default=None, description="What presets were read of")
    sample_mode: str = Field(default="reservoir", description="`reservoir` or `first`")
    seed: Annotated[int | float | None, BeforeValidator(_number_if_any)] = Field(
        default=None, description="Which presets a reservoir takes"
    )
    limit: Omittable[Count] = Field(default=None, description="Most presets looked at")
    scan_limit: Omittable[Count] = Field(default=None, description="Most files listed")


class PresetAudit(AuditHeader):
    """The whole document; of a large library it is streamed, never held."""

    entries: list[AuditEntry]


class AuditTotals(ContractModel):
    """How many presets."""

    scanned: Count = Field(description="Looked at")
    probed: Count = Field(description="Of these, drawn or tried")
    ok: Count = Field(description="Of these, without a reason")
    bad: Count = Field(description="The others that were probed")


class AuditSummary(ContractModel):
    """`audit-summary.json`: written when an audit has come to its end."""

    version: str = "v0"
    generated_at: str = Field(description="When it was written, ISO-8601")
    source_root: str = Field(description="The library")
    totals: AuditTotals
    tags: dict[str, Count] = Field(description="Presets by tag")
    categories: dict[str, Count] = Field(description="Presets by primary category")
    reasons: dict[str, Count] = Field(description="Presets by reason; a preset has several")


class BlacklistMeta(ContractModel):
    """What a snapshot's blacklist is made of."""

    scanned: Count = Field(description="Presets looked at")
    blacklisted: Count = Field(description="Presets on the list")
    blacklist_mode: BlacklistMode = Field(description="Which are on it")
    missing_quality: MissingQuality = Field(description="What became of those not probed")


class BlacklistHeader(ContractModel):
    """What a blacklist says of itself, before its paths."""

    version: str = "v0"
    generated_at: str = Field(description="When it was written, ISO-8601")
    source_root: str = Field(description="The library that the paths are relative to")


class QualityBlacklist(BlacklistHeader):
    """`quality-blacklist.json`, or that of a running audit, which has `meta`."""

    bad_source_rel_paths: list[str] = Field(description="Paths of presets that are not fit")
    bad_reasons_by_rel_path: Omittable[dict[str, list[str]]] = Field(
        default=None, description="Why, by path"
    )
    meta: Omittable[BlacklistMeta] = None


class SnapshotTotals(ContractModel):
    """How many presets, in a running audit."""

    scanned: Count = Field(description="Looked at so far")
    with_quality: Count = Field(description="Of these, probed")
    ok: Count = Field(description="Of these, without a reason")
    bad: Count = Field(description="The others that were probed")
    missing: Count = Field(description="Looked at and not probed")


class KeyCount(ContractModel):
    """How often something is."""

    key: str
    count: Count


class SnapshotTop(ContractModel):
    """What is most frequent, the most frequent first."""

    reasons: list[KeyCount]
    tags: list[KeyCount]
    categories: list[KeyCount]
    warnings: list[KeyCount]


class SnapshotMeta(ContractModel):
    """How a snapshot was taken."""

    elapsed_sec: float = Field(description="How long it took")
    scanned_per_sec: float = Field(description="Entries it read a second")
    blacklist_mode: BlacklistMode
    missing_quality: MissingQuality
    include_reasons_by_rel_path: bool


class SnapshotSummary(ContractModel):
    """`preset-audit.summary.json`: where a running audit stands."""

    version: str = "v0"
    generated_at: str = Field(description="When it was taken, ISO-8601")
    source_root: str = Field(description="The library")
    input: str = Field(description="What was read")
    totals: SnapshotTotals
    top: SnapshotTop
    meta: SnapshotMeta


def blacklist_reasons(
    quality: AuditQuality | None,
    mode: BlacklistMode,
    missing: MissingQuality,
) -> Sequence[str]:
    """Returns why a blacklist names a preset; nothing if it does not.

    Args:
        quality: What was found of it; None if it was not probed.
        mode: `quality` names what is not ok, `crash` what broke or escaped the probe.
        missing: Whether presets that were not probed are named: if `unsafe`.
    """
    if mode == "none":
        return ()
    if quality is None:
        return (MISSING_QUALITY,) if missing == "unsafe" else ()
    if mode == "quality":
        return () if quality.is_ok else quality.reasons or ("not-ok",)
    is_named = quality.aborted or any(map(is_hard, quality.reasons))
    return (quality.reasons or ("wasm-abort",)) if is_named else ()


def as_entry(value: Any) -> AuditEntry | None:
    """Returns an entry of anybody's audit; None where it does not say which preset it is of."""
    path = value.get("relPath") if isinstance(value, Mapping) else None
    return AuditEntry.model_validate(value) if isinstance(path, str) and path else None
