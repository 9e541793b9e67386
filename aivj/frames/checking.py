"""Whether an index of pictures will do to embed and cluster: shares, ranges, a verdict."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.frames_index import (
    FrameMetrics,
    FramesRow,
    best_rows,
    frame_files,
    read_frames_index,
)
from aivj.contracts.frames_quality import (
    FrameCounts,
    FrameRange,
    FrameRanges,
    FrameRatios,
    FramesQuality,
    FramesVerdict,
    FrameThresholds,
    FrameTimes,
)
from aivj.contracts.json_text import iso_utc, parse_time
from aivj.errors import InputError
from aivj.storage import sha256_hex

MIN_OK_AT_SCALE = 0.95
MAX_SAME_AT_SCALE = 0.2
MIN_LUMA_RANGE = 0.3
MIN_MOTION_RANGE = 0.05


def check_frames(
    index: Path, thresholds: FrameThresholds, *, at_scale: bool = False
) -> FramesQuality:
    """Judges an index.

    Args:
        index: The index, in the folder of its pictures.
        thresholds: What it is judged by.
        at_scale: Whether it must also be what a whole library gives: hardly a failure, pictures
            that differ, dark and bright, still and lively. Reads every first picture.

    Raises:
        InputError: The index cannot be read.
    """
    read = read_frames_index(index)
    best = list(best_rows(read.rows).values())
    ok = [row for row in best if row.status == "ok"]
    statuses = Counter(row.status for row in best)
    lumas, motions = _figures(ok)
    counts = FrameCounts(
        lines=len(read.rows),
        bad_lines=read.num_bad_lines,
        presets=len(best),
        ok=len(ok),
        failed=statuses["failed"],
        skipped=statuses["skipped"],
        low_both=sum(_is_low_both(row, thresholds) for row in ok),
        missing_metrics=len(ok) - sum(_is_measured(row) for row in ok),
        missing_frames=sum(_lacks_frames(row, index.parent) for row in ok),
    )
    ratios = FrameRatios(
        ok=_share(counts.ok, counts.presets),
        fail=_share(counts.failed, counts.presets),
        low_both=_share(counts.low_both, counts.ok),
        missing_metrics=_share(counts.missing_metrics, counts.ok),
        missing_frames=_share(counts.missing_frames, counts.ok),
        same_first_frame=_same_share(ok, index.parent) if at_scale else None,
    )
    ranges = FrameRanges(avg_luma=_range(lumas), motion=_range(motions))
    reasons = _reasons(counts, ratios, thresholds)
    if at_scale:
        reasons += _reasons_at_scale(ratios, ranges)
    return FramesQuality(
        generated_at=iso_utc(datetime.now(UTC)),
        index_path=index.as_posix(),
        counts=counts,
        ranges=ranges,
        ratios=ratios,
        time=_times(read.rows),
        thresholds=thresholds,
        verdict=FramesVerdict(ok=not reasons, reasons=tuple(reasons)),
    )


def _figures(ok: Sequence[FramesRow]) -> tuple[list[float], list[float]]:
    metrics = [row.metrics for row in ok if row.metrics is not None]
    return (
        [each.avg_luma for each in metrics if each.avg_luma is not None],
        [each.motion for each in metrics if each.motion is not None],
    )


def _is_measured(row: FramesRow) -> bool:
    metrics = row.metrics or FrameMetrics()
    return metrics.avg_luma is not None and metrics.motion is not None


def _is_low_both(row: FramesRow, thresholds: FrameThresholds) -> bool:
    metrics = row.metrics
    if metrics is None or metrics.avg_luma is None or metrics.motion is None:
        return False
    return metrics.avg_luma < thresholds.luma_min and metrics.motion < thresholds.motion_min


def _lacks_frames(row: FramesRow, root: Path) -> bool:
    files = frame_files(row, root)
    return not files or len(files) < len(row.frames) or not all(file.is_file() for file in files)


def _same_share(ok: Sequence[FramesRow], root: Path) -> float:
    digests: Counter[str] = Counter()
    for row in ok:
        if files := frame_files(row, root)[:1]:
            try:
                digests[sha256_hex(files[0].read_bytes())] += 1
            except OSError:
                continue  # Counted as missing.
    return _share(sum(num for num in digests.values() if num > 1), digests.total())


def _reasons(counts: FrameCounts, ratios: FrameRatios, limits: FrameThresholds) -> list[str]:
    if not counts.presets:
        return ["no preset"]
    found = {
        f"ok {ratios.ok:.3f} < {limits.min_ok_ratio:g}": ratios.ok < limits.min_ok_ratio,
        f"failed {ratios.fail:.3f} > {limits.max_fail_ratio:g}": (
            ratios.fail > limits.max_fail_ratio
        ),
        f"dark and still {ratios.low_both:.3f} > {limits.max_low_both_ratio:g}": (
            ratios.low_both > limits.max_low_both_ratio
        ),
        f"without figures {ratios.missing_metrics:.3f} > {limits.max_missing_metrics_ratio:g}": (
            ratios.missing_metrics > limits.max_missing_metrics_ratio
        ),
        f"without pictures {ratios.missing_frames:.3f} > {limits.max_missing_frames_ratio:g}": (
            ratios.missing_frames > limits.max_missing_frames_ratio
        ),
    }
    return [reason for reason, is_so in found.items() if is_so]


def _reasons_at_scale(ratios: FrameRatios, ranges: FrameRanges) -> list[str]:
    same = ratios.same_first_frame or 0.0
    found = {
        f"ok {ratios.ok:.3f} < {MIN_OK_AT_SCALE:g} at scale": ratios.ok < MIN_OK_AT_SCALE,
        f"first picture another's too {same:.3f} >= {MAX_SAME_AT_SCALE:g}": (
            same >= MAX_SAME_AT_SCALE
        ),
    }
    for name, extent, least in (
        ("luma", ranges.avg_luma, MIN_LUMA_RANGE),
        ("motion", ranges.motion, MIN_MOTION_RANGE),
    ):
        width = 0.0 if extent is None else extent.max - extent.min
        found[f"range of {name} {width:.3f} <= {least:g}"] = width <= least
    return [reason for reason, is_so in found.items() if is_so]


def _range(values: Sequence[float]) -> FrameRange | None:
    return FrameRange(min=min(values), max=max(values)) if values else None


def _share(num: int, total: int) -> float:
    return num / total if total else 0.0


def _times(rows: Sequence[FramesRow]) -> FrameTimes:
    times = []
    for row in rows:
        try:
            times.append(parse_time(row.at))
        except InputError:
            continue
    if not times:
        return FrameTimes(earliest=None, latest=None)
    return FrameTimes(earliest=iso_utc(min(times)), latest=iso_utc(max(times)))
