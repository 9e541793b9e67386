"""A library's manifest divided by an audit: presets that may be shown, and those that may not."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.library_manifest import (
    LibraryManifest,
    LibraryPreset,
    join_key,
    read_library_manifest,
    unambiguous,
    write_library_manifest,
)
from aivj.contracts.library_reports import (
    SafeUnsafeReport,
    SplitInputs,
    SplitOutputs,
    SplitPolicy,
    SplitStats,
)
from aivj.contracts.preset_audit import AuditEntry, AuditQuality
from aivj.contracts.preset_audit_reasons import summary_reason
from aivj.contracts.preset_audit_stream import PresetAuditReader
from aivj.storage import write_atomic

Verdict = Literal["safe", "unsafe", "dropped"]


@dataclass(frozen=True)
class SplitPlaces:
    """What is read and written.

    Attributes:
        manifest: The library's manifest.
        audit: The audit.
        safe: Manifest of presets that may be shown.
        unsafe: Manifest of the others.
        report: What came of it.
    """

    manifest: Path
    audit: Path
    safe: Path
    unsafe: Path
    report: Path


def split_by_audit(
    places: SplitPlaces,
    policy: SplitPolicy,
    *,
    now: datetime,
    on_progress: Callable[[int], None] = lambda _num_read: None,
) -> SafeUnsafeReport:
    """Divides a manifest and writes both parts and the report; the audit is read entry by entry.

    Presets are joined by relative path, without what only one side has before it; by name where
    that is unambiguous on both sides; never by id.

    Args:
        places: What is read and written.
        policy: What counts as safe.
        now: Aware time to be written.
        on_progress: Told how many entries of the audit were read.

    Raises:
        InputError: Manifest or audit cannot be used.
        StorageError: The disk did not take a file.
    """
    manifest = read_library_manifest(places.manifest)
    found = _read_audit(manifest, places.audit, on_progress)
    parts: dict[Verdict, list[LibraryPreset]] = {"safe": [], "unsafe": [], "dropped": []}
    for preset, entry in zip(manifest.presets, found.entries, strict=True):
        parts[_verdict(preset, None if entry is None else entry.quality, policy)].append(preset)
    write_library_manifest(places.safe, _part(manifest, parts["safe"], now))
    write_library_manifest(places.unsafe, _part(manifest, parts["unsafe"], now))
    report = SafeUnsafeReport(
        generated_at=iso_utc(now),
        inputs=SplitInputs(manifest=str(places.manifest), audit=str(places.audit)),
        outputs=SplitOutputs(safe=str(places.safe), unsafe=str(places.unsafe)),
        policy=policy,
        stats=_stats(found, parts),
        bad_entries=found.num_bad_entries or None,
    )
    write_atomic(places.report, document_bytes(report))
    return report


@dataclass
class _Audited:
    """What an audit says of a manifest's presets, in their order."""

    entries: list[AuditEntry | None]
    num_bad_entries: int = 0
    _by_name: dict[int, list[AuditEntry]] = field(default_factory=dict)

    def take_by_name(self, place: int, entry: AuditEntry) -> None:
        """Remembers an entry that has a preset's name alone."""
        known = self._by_name.setdefault(place, [])
        if len(known) < 2:  # noqa: PLR2004 - another one makes it ambiguous
            known.append(entry)

    def settle(self) -> None:
        """Takes names for presets of which no path was found, where one entry alone has it."""
        for place, entries in self._by_name.items():
            if self.entries[place] is None and len(entries) == 1:
                self.entries[place] = entries[0]


def _read_audit(
    manifest: LibraryManifest, audit: Path, on_progress: Callable[[int], None]
) -> _Audited:
    packs = {preset.pack for preset in manifest.presets} | {manifest.target or ""}
    keys = [join_key(preset.rel_path, sorted(packs)) for preset in manifest.presets]
    whole = [join_key(preset.rel_path) for preset in manifest.presets]
    place_of = {key: place for place, key in enumerate(keys)}
    place_of |= {key: place for place, key in enumerate(whole)}
    lone = {name: place_of[key] for name, key in unambiguous(keys).items()}
    found = _Audited([None] * len(keys))
    reader = PresetAuditReader(audit)
    for number, entry in enumerate(reader, start=1):
        key = join_key(entry.rel_path)
        place = place_of.get(key, place_of.get(join_key(entry.rel_path, [entry.pack])))
        if place is not None:
            found.entries[place] = entry
        elif (named := lone.get(key.rpartition("/")[2])) is not None:
            found.take_by_name(named, entry)
        on_progress(number)
    found.num_bad_entries = reader.num_bad_entries
    found.settle()
    return found


def _verdict(preset: LibraryPreset, quality: AuditQuality | None, policy: SplitPolicy) -> Verdict:
    if quality is None:
        return "dropped" if policy.missing_quality == "drop" else policy.missing_quality
    if policy.require_wasm_compat_ok and not (preset.wasm_compat and preset.wasm_compat.ok):
        return "unsafe"
    is_good = quality.is_ok or (policy.allow_bad_in_safe and quality.is_crash_safe)
    return "safe" if is_good else "unsafe"


def _part(
    manifest: LibraryManifest, presets: list[LibraryPreset], now: datetime
) -> LibraryManifest:
    return manifest.model_copy(
        update={
            "generated_at": iso_utc(now),
            "total_presets_included": len(presets),
            "presets": presets,
        }
    )


def _stats(found: _Audited, parts: dict[Verdict, list[LibraryPreset]]) -> SplitStats:
    entries = [entry for entry in found.entries if entry is not None]
    qualities = [entry.quality for entry in entries if entry.quality is not None]
    reasons = Counter(summary_reason(reason) for quality in qualities for reason in quality.reasons)
    tags = Counter(tag for entry in entries for tag in entry.tags)
    return SplitStats(
        total_in_manifest=len(found.entries),
        total_with_audit_entry=len(entries),
        total_missing_audit_entry=len(found.entries) - len(entries),
        total_with_quality=len(qualities),
        total_missing_quality=len(found.entries) - len(qualities),
        safe=len(parts["safe"]),
        unsafe=len(parts["unsafe"]),
        dropped=len(parts["dropped"]),
        reasons=dict(reasons.most_common()),
        tags=dict(tags.most_common()),
    )
