"""`run-manifest.json`: what rendering a library showed of its presets, for a runtime's choice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Amount, Count, Omittable, OuterText
from aivj.contracts.frames_index import (
    FrameMetrics,
    FramesRow,
    FramesStatus,
    best_rows,
    frames_hash,
)
from aivj.contracts.json_text import ContractModel, document_bytes, iso_utc, parse_time
from aivj.errors import InputError
from aivj.storage import write_atomic

RUN_MANIFEST_NAME = "run-manifest.json"


class RunCounts(ContractModel):
    """How many; all but the last count lines of the index."""

    total: Count = Field(description="Lines")
    ok: Count = Field(description="With pictures")
    failed: Count = Field(description="Without")
    skipped: Count = Field(description="Left out by whoever drew")
    tier1_ok: Count = Field(description="With pictures that are good enough")
    tier2_ok: Count = Field(description="With pictures that failed for their quality alone")
    unique_presets: Count = Field(description="Presets, before any are cut off")


class RunTime(ContractModel):
    """When the lines were written; null without any."""

    earliest: str | None = Field(description="ISO-8601")
    latest: str | None = Field(description="ISO-8601")


class RunPreset(ContractModel):
    """What was found of one preset."""

    preset_id: OuterText = Field(description="The library's id")
    rel_path: OuterText = Field(description="Path below the library, with '/'")
    file_path: OuterText = Field(description="Path where it was read")
    status: FramesStatus
    tier: Literal["strict", "dark"] = Field(description="dark: failed for its quality alone")
    id_hash: str = Field(description="What its pictures are kept under")
    frames: list[str] = Field(description="Pictures, by time, below `outDir`")
    best_frame: str = Field(description="The first picture, or nothing")
    metrics: Omittable[FrameMetrics] = Field(default=None, description="What they show")
    reasons: list[OuterText] = Field(description="Why there are none")
    at: str = Field(description="ISO-8601")
    score: Amount = Field(description=".4 of luma and .6 of motion, 0 for what is missing")


class RunManifest(ContractModel):
    """What rendering a library showed of its presets."""

    version: Literal["v0"] = "v0"
    generated_at: str = Field(description="ISO-8601")
    run_name: str = Field(description="What the run is called")
    index_path: str = Field(description="The index that it is made of")
    out_dir: str = Field(description="Folder that pictures lie below")
    counts: RunCounts
    time: RunTime
    presets: list[RunPreset]


def run_manifest(
    rows: Sequence[FramesRow],
    *,
    index_path: Path,
    run_name: str,
    now: datetime,
    max_presets: int = 0,
    include_failed: bool = True,
) -> RunManifest:
    """Returns the manifest of an index: each preset once, by the line that counts of it.

    Args:
        rows: All lines.
        index_path: The index; pictures lie below its folder.
        run_name: What the run is called.
        now: Aware time to be written.
        max_presets: Only so many, those of the highest scores; 0 for all. Their order stays.
        include_failed: Whether presets without pictures are listed, too.
    """
    best = list(best_rows(rows).values())
    listed = [row for row in best if include_failed or row.status == "ok"]
    if max_presets:
        ranked = sorted(range(len(listed)), key=lambda place: (-listed[place].score, place))
        listed = [listed[place] for place in sorted(ranked[:max_presets])]
    return RunManifest(
        generated_at=iso_utc(now),
        run_name=run_name,
        index_path=index_path.as_posix(),
        out_dir=index_path.parent.as_posix(),
        counts=_counts(rows, len(best)),
        time=_time(rows),
        presets=[_preset(row) for row in listed],
    )


def write_run_manifest(path: Path, manifest: RunManifest) -> None:
    """Writes a manifest, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(manifest))


def _counts(rows: Sequence[FramesRow], num_presets: int) -> RunCounts:
    by_status = Counter(row.status for row in rows)
    num_dark = sum(row.status == "ok" and row.tier == "dark" for row in rows)
    return RunCounts(
        total=len(rows),
        ok=by_status["ok"],
        failed=by_status["failed"],
        skipped=by_status["skipped"],
        tier1_ok=by_status["ok"] - num_dark,
        tier2_ok=num_dark,
        unique_presets=num_presets,
    )


def _time(rows: Sequence[FramesRow]) -> RunTime:
    times = [time for row in rows if (time := _moment(row.at)) is not None]
    if not times:
        return RunTime(earliest=None, latest=None)
    return RunTime(earliest=iso_utc(min(times)), latest=iso_utc(max(times)))


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except InputError:
        return None


def _preset(row: FramesRow) -> RunPreset:
    return RunPreset(
        preset_id=row.preset_id,
        rel_path=row.rel_path,
        file_path=row.file_path,
        status=row.status,
        tier=row.tier or "strict",
        id_hash=row.id_hash or frames_hash(row.preset_id),
        frames=list(row.frames),
        best_frame=next(iter(row.frames), ""),
        metrics=row.metrics,
        reasons=list(row.reasons),
        at=row.at,
        score=row.score,
    )
