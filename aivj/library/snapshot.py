"""Where an audit stands, while it goes on or not: nothing of it is locked or written."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.preset_audit import (
    PRESET_AUDIT_NAME,
    SNAPSHOT_BLACKLIST_NAME,
    SNAPSHOT_SUMMARY_NAME,
    AuditEntry,
    BlacklistHeader,
    BlacklistMeta,
    BlacklistMode,
    KeyCount,
    MissingQuality,
    SnapshotMeta,
    SnapshotSummary,
    SnapshotTop,
    SnapshotTotals,
)
from aivj.contracts.preset_audit_stream import PresetAuditReader, write_blacklist
from aivj.library.record import read_record
from aivj.library.tables import Verdict, store_verdicts
from aivj.library.tally import Tally
from aivj.storage import write_atomic

_TOLD_EVERY = 10_000


@dataclass(frozen=True)
class SnapshotOptions:
    """What a snapshot tells."""

    blacklist_mode: Annotated[
        BlacklistMode,
        Field(description="quality names what is not ok, crash what breaks, none nobody."),
    ] = "quality"
    missing_quality: Annotated[
        MissingQuality,
        Field(description="Presets not probed yet: named if unsafe, else left out."),
    ] = "drop"
    include_reasons_by_rel_path: Annotated[
        bool, Field(description="Say why, for each preset that is named.")
    ] = False
    top_n: Annotated[int, Field(ge=1, le=10_000, description="Reasons and tags told.")] = 50


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot wrote.

    Attributes:
        summary: What was counted.
        num_crash_safe: Of the probed presets, those that break nothing.
        num_bad_entries: Entries of a foreign audit that name no preset.
    """

    summary: SnapshotSummary
    num_crash_safe: int
    num_bad_entries: int


def take_snapshot(
    audit: Path,
    out_dir: Path,
    options: SnapshotOptions,
    *,
    summary_name: str = SNAPSHOT_SUMMARY_NAME,
    blacklist_name: str = SNAPSHOT_BLACKLIST_NAME,
    on_progress: Callable[[int], None] = lambda _num_read: None,
) -> Snapshot:
    """Writes summary and blacklist of an audit as far as it is.

    Args:
        audit: The folder of one of ours, or a `preset-audit.json` of anybody's.
        out_dir: Where to write.
        options: What to tell.
        summary_name: File name of the summary.
        blacklist_name: File name of the blacklist.
        on_progress: Told how many entries were read.

    Raises:
        InputError: There is no audit.
        StorageError: The disk did not take it.
    """
    started = time.monotonic()
    tally = Tally(options.blacklist_mode, options.missing_quality)
    record = read_record(audit) if audit.is_dir() else None
    num_bad_entries = 0
    if record is not None:
        source_root = record.source_root
        _count(tally, store_verdicts(audit), on_progress)
    else:
        reader = PresetAuditReader(audit / PRESET_AUDIT_NAME if audit.is_dir() else audit)
        _count(tally, reader, on_progress)
        source_root, num_bad_entries = reader.header.source_root, reader.num_bad_entries
    elapsed_s = time.monotonic() - started
    now = iso_utc(datetime.now(UTC))
    summary = SnapshotSummary(
        generated_at=now,
        source_root=source_root,
        input=str(audit),
        totals=SnapshotTotals(
            scanned=tally.num_scanned,
            with_quality=tally.num_probed,
            ok=tally.num_ok,
            bad=tally.num_bad,
            missing=tally.num_scanned - tally.num_probed,
        ),
        top=_top(tally, options.top_n),
        meta=SnapshotMeta(
            elapsed_sec=round(elapsed_s, 3),
            scanned_per_sec=round(tally.num_scanned / max(elapsed_s, 1e-3), 1),
            blacklist_mode=options.blacklist_mode,
            missing_quality=options.missing_quality,
            include_reasons_by_rel_path=options.include_reasons_by_rel_path,
        ),
    )
    write_atomic(out_dir / summary_name, document_bytes(summary))
    reasons = ((path, list(why)) for path, why in tally.named)
    write_blacklist(
        out_dir / blacklist_name,
        BlacklistHeader(generated_at=now, source_root=source_root),
        paths=(path for path, _ in tally.named),
        reasons=reasons if options.include_reasons_by_rel_path else None,
        meta=BlacklistMeta(
            scanned=tally.num_scanned,
            blacklisted=len(tally.named),
            blacklist_mode=options.blacklist_mode,
            missing_quality=options.missing_quality,
        ),
    )
    return Snapshot(summary, tally.num_crash_safe, num_bad_entries)


def _count(
    tally: Tally, entries: Iterable[AuditEntry | Verdict], on_progress: Callable[[int], None]
) -> None:
    for number, entry in enumerate(entries, start=1):
        tally.add(entry)
        if number % _TOLD_EVERY == 0:
            on_progress(number)


def _top(tally: Tally, num: int) -> SnapshotTop:
    return SnapshotTop(
        reasons=_most(tally.reasons, num),
        tags=_most(tally.tags, num),
        categories=_most(tally.categories, num),
        warnings=_most(tally.warnings, num),
    )


def _most(counts: Counter[str], num: int) -> list[KeyCount]:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [KeyCount(key=key, count=count) for key, count in ordered[:num]]
