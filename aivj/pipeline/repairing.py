"""A pack of repaired presets: each with the least change that makes it fit to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aivj.contracts.json_text import iso_utc
from aivj.contracts.jsonl_log import JsonlLog, read_jsonl
from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    LibraryManifest,
    write_library_manifest,
)
from aivj.contracts.preset_audit import AUDIT_SUMMARY_NAME, REPAIR_MIN_AVG_LUMA, AuditQuality
from aivj.contracts.preset_repair import REPAIR_LINEAGE_NAME, RepairRow
from aivj.library.audit import Progress
from aivj.library.exports import export_audit
from aivj.library.quality import Limits
from aivj.library.record import STORE_FOLDER, require_record
from aivj.library.repair import RepairedPreset, repaired_path, variants
from aivj.library.shards import write_shard
from aivj.library.tables import FaultyPreset, faulty_presets
from aivj.packs.library_entries import sampled_entry
from aivj.pipeline.auditing import TakeProber
from aivj.pipeline.taking import Studio
from aivj.storage import write_atomic

_A_LOT = 512
"""So many presets are repaired at a time; all of their variants are known then."""


class RepairRequest(BaseModel):
    """Which presets of an audit are repaired."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    audit_dir: Path = Field(
        description="The audit's folder. Default: <home>/artifacts/presets/audit."
    )
    out_dir: Path = Field(
        description="Where the pack is written. Default: <home>/artifacts/presets/repaired."
    )
    what: Literal["crash", "quality"] = Field(
        "crash", description="crash: presets that break. quality: all that are not ok."
    )
    max_presets: int = Field(
        1000, ge=1, le=10_000_000, description="Presets that are tried, at most."
    )
    min_avg_luma: Annotated[float, Field(ge=0, le=1)] = Field(
        REPAIR_MIN_AVG_LUMA, description="Repaired presets of this mean luma or less are too dark."
    )


@dataclass(frozen=True)
class Repaired:
    """What was repaired.

    Attributes:
        num_tried: Presets that were tried.
        rows: Those that are repaired.
    """

    num_tried: int
    rows: Sequence[RepairRow]


def repair_library(
    request: RepairRequest,
    studio: Studio,
    on_progress: Progress = lambda _what, _num_done, _num_all: None,
) -> Repaired:
    """Writes a pack of repaired presets, each with its lineage; nothing of the library is changed.

    What was repaired before is not tried again.

    Args:
        request: What is asked for.
        studio: What draws the variants.
        on_progress: Told what is done, and how many of how many are.

    Raises:
        InputError: There is no audit.
        AivjError: As `Studio.take`.
        StorageError: The disk did not take a preset.
    """
    record = require_record(request.audit_dir)
    lineage = request.out_dir / REPAIR_LINEAGE_NAME
    rows_read = read_jsonl(lineage, RepairRow).rows if lineage.is_file() else []
    before = [row for row in rows_read if (request.out_dir / row.rel_path).is_file()]
    known = {row.source_content for row in before}
    faulty = [
        each
        for each in faulty_presets(request.audit_dir, crashes_only=request.what == "crash")
        if each.content not in known
    ][: request.max_presets]
    prober = TakeProber(studio, replace(Limits(), min_avg_luma=request.min_avg_luma))
    rows: list[RepairRow] = []
    with JsonlLog[RepairRow](lineage) as log:
        for start in range(0, len(faulty), _A_LOT):
            lot = faulty[start : start + _A_LOT]
            for preset, quality in _repair(Path(record.source_root), lot, prober):
                row = _written(preset, quality, request.out_dir)
                log.append(row)
                rows.append(row)
            on_progress("repairing", start + len(lot), len(faulty))
    if rows:
        _write_manifest(request.out_dir, record.source_root, [*before, *rows])
        write_shard(request.audit_dir / STORE_FOLDER, "repair", list(map(_shard_row, rows)))
        is_whole = (request.audit_dir / AUDIT_SUMMARY_NAME).is_file()
        export_audit(request.audit_dir, record, is_whole=is_whole)
    return Repaired(len(faulty), rows)


def _repair(
    library: Path, faulty: Sequence[FaultyPreset], prober: TakeProber
) -> list[tuple[RepairedPreset, AuditQuality]]:
    """Tries one strategy after the other, each with what none before it repaired."""
    waiting = {each.content: list(variants(library, each)) for each in faulty}
    done: list[tuple[RepairedPreset, AuditQuality]] = []
    while any(waiting.values()):
        turn = [made.pop(0) for made in waiting.values() if made]
        prober.open(turn)
        for preset, quality in prober.judge(turn):
            if isinstance(preset, RepairedPreset) and quality is not None and quality.is_ok:
                done.append((preset, quality))
                waiting.pop(preset.faulty.content, None)
    return sorted(done, key=lambda each: each[0].faulty.rel_path)


def _written(preset: RepairedPreset, quality: AuditQuality, out_dir: Path) -> RepairRow:
    path = repaired_path(preset)
    write_atomic(out_dir / path, preset.data, fsync=False)
    return RepairRow(
        rel_path=path,
        content=preset.content_hash,
        source_rel_path=preset.faulty.rel_path,
        source_content=preset.faulty.content,
        strategy=preset.strategy,
        source_reasons=list(preset.faulty.reasons),
        quality=quality,
        repaired_at=iso_utc(datetime.now(UTC)),
    )


def _write_manifest(out_dir: Path, source_root: str, rows: Sequence[RepairRow]) -> None:
    """Writes the library manifest of the pack, so that runtimes and later stages can read it."""
    pack = out_dir.name
    presets = [
        sampled_entry(pack, row.rel_path, (out_dir / row.rel_path).stat().st_size) for row in rows
    ]
    manifest = LibraryManifest(
        generated_at=iso_utc(datetime.now(UTC)),
        source_root=source_root,
        total_files_scanned=len(rows),
        total_presets_included=len(presets),
        target=pack,
        presets=presets,
    )
    write_library_manifest(out_dir / LIBRARY_MANIFEST_NAME, manifest)


def _shard_row(row: RepairRow) -> dict[str, str]:
    return {"content": row.source_content, "strategy": row.strategy, "path": row.rel_path}
