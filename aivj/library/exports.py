"""The audit's files for others: `preset-audit.json`, its summary and its blacklist, streamed."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.preset_audit import (
    AUDIT_SUMMARY_NAME,
    PRESET_AUDIT_NAME,
    QUALITY_BLACKLIST_NAME,
    AuditSummary,
    AuditTotals,
    BlacklistHeader,
)
from aivj.contracts.preset_audit_stream import write_blacklist, write_preset_audit
from aivj.library.record import AuditRecord
from aivj.library.tables import store_entries
from aivj.library.tally import Tally
from aivj.storage import write_atomic


def export_audit(out_dir: Path, record: AuditRecord, *, is_whole: bool) -> Tally:
    """Writes what others read of an audit, in the order of its presets' paths.

    Args:
        out_dir: The audit's folder.
        record: What it is of.
        is_whole: Whether it came to its end: only then there are a summary and a blacklist.

    Returns:
        What was counted.

    Raises:
        StorageError: The disk did not take it.
    """
    tally = Tally("quality", "drop")
    write_preset_audit(
        out_dir / PRESET_AUDIT_NAME, record.header(), tally.counting(store_entries(out_dir))
    )
    if is_whole:
        now = iso_utc(datetime.now(UTC))
        write_atomic(
            out_dir / AUDIT_SUMMARY_NAME, document_bytes(summary_of(tally, record.source_root, now))
        )
        write_blacklist(
            out_dir / QUALITY_BLACKLIST_NAME,
            BlacklistHeader(generated_at=now, source_root=record.source_root),
            paths=(path for path, _ in tally.named),
            reasons=((path, list(reasons)) for path, reasons in tally.named),
        )
    else:
        remove_verdicts(out_dir)
    return tally


def remove_verdicts(out_dir: Path) -> None:
    """Removes the summary and the blacklist of an audit that is not at its end any more."""
    for name in (AUDIT_SUMMARY_NAME, QUALITY_BLACKLIST_NAME):
        (out_dir / name).unlink(missing_ok=True)


def summary_of(tally: Tally, source_root: str, now: str) -> AuditSummary:
    """Returns the summary of what was counted."""
    return AuditSummary(
        generated_at=now,
        source_root=source_root,
        totals=AuditTotals(
            scanned=tally.num_scanned, probed=tally.num_probed, ok=tally.num_ok, bad=tally.num_bad
        ),
        tags=dict(tally.tags.most_common()),
        categories=dict(tally.categories.most_common()),
        reasons=dict(tally.reasons.most_common()),
    )
