"""Which presets a tower is taught by: neither dark nor blown nor still, and moved by the music."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.frames_index import BandResponse, FrameMetrics, FramesRow
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.lora_trainlists import (
    SUMMARY_NAME,
    TRAINLISTS_FOLDER,
    Bucket,
    TargetLimits,
    TrainlistsSummary,
    bucket_name,
)
from aivj.storage import write_atomic


def lora_targets(
    rows: Iterable[FramesRow], assignments: Mapping[str, str], limits: TargetLimits
) -> tuple[list[FramesRow], Counter[str]]:
    """Chooses presets that are in a cluster.

    Args:
        rows: Presets with pictures.
        assignments: Cluster of each preset, by its id.
        limits: What their pictures must be like. What was not measured misses a limit, but for
            the bands, which other programs need not measure.

    Returns:
        The chosen ones, and how many others there are by the first limit that they miss.
    """
    chosen: list[FramesRow] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        if row.preset_id not in assignments:
            continue
        if (why := _missed(row.metrics or FrameMetrics(), limits)) is None:
            chosen.append(row)
        else:
            left_out[why] += 1
    return chosen, left_out


def write_trainlists(
    folder: Path,
    chosen: Iterable[FramesRow],
    left_out: Counter[str],
    assignments: Mapping[str, str],
    limits: TargetLimits,
) -> TrainlistsSummary:
    """Writes a list for each cluster, and what was chosen of which.

    Args:
        folder: Of the pack's artifacts; the lists go into a folder of it.
        chosen: As `lora_targets` returned them.
        left_out: The same.
        assignments: Cluster of each preset, by its id.
        limits: What was asked of pictures.

    Raises:
        StorageError: The disk does not take them.
    """
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for row in chosen:
        lists[assignments[row.preset_id]].append(row.rel_path or row.preset_id)
    place = folder / TRAINLISTS_FOLDER
    for stale in place.glob("bucket-*.txt"):
        stale.unlink()
    buckets = []
    for cluster, paths in sorted(lists.items()):
        bucket = Bucket(cluster=cluster, file=bucket_name(cluster), presets=len(paths))
        text = "".join(f"{path}\n" for path in paths)
        write_atomic(place / bucket.file, text.encode(errors="surrogateescape"))
        buckets.append(bucket)
    num_chosen = sum(bucket.presets for bucket in buckets)
    summary = TrainlistsSummary(
        generated_at=iso_utc(datetime.now(UTC)),
        limits=limits,
        considered=num_chosen + left_out.total(),
        chosen=num_chosen,
        left_out=dict(left_out),
        buckets=tuple(buckets),
    )
    write_atomic(place / SUMMARY_NAME, document_bytes(summary))
    return summary


def _missed(metrics: FrameMetrics, limits: TargetLimits) -> str | None:
    """Returns the first limit that pictures miss; None if they miss none."""
    luma, motion = metrics.avg_luma, metrics.motion
    bands = metrics.band_response or BandResponse()
    measured = [each for each in (bands.low, bands.mid, bands.high) if each is not None]
    missed = {
        "without figures": luma is None or motion is None,
        "dark": luma is not None and luma < limits.luma_min,
        "blown": luma is not None and luma > limits.luma_max,
        "still": motion is not None and motion < limits.motion_min,
        "flat": metrics.band_class == "flat" and not limits.flat,
        "deaf": bool(measured) and max(measured) < limits.band_min and not limits.flat,
    }
    return next((why for why, is_so in missed.items() if is_so), None)
