"""Which presets of a pack a tower is taught by, and their pictures as other trainers read them."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.clusters import CLUSTERS_NAME, read_clusters
from aivj.contracts.frames_index import (
    FRAMES_INDEX_NAME,
    FramesRow,
    best_rows,
    frame_files,
    frames_hash,
    read_frames_index,
)
from aivj.contracts.lora_trainlists import TargetLimits, safe_name
from aivj.embedding.trainlists import lora_targets, write_trainlists
from aivj.errors import InputError
from aivj.storage import storage_errors, write_atomic
from aivj.storage.file_lock import file_lock
from aivj.styles.energy import energy_by_motion

DATASET_FOLDER = "dataset"

_CLUSTER_PREFIX = "cluster-"
_LOCK_NAME = ".teaching.lock"


@dataclass(frozen=True, eq=False)
class LoraTargets:
    """Presets that a tower is taught by.

    Attributes:
        rows: All presets with pictures.
        chosen: Those that are taught.
        left_out: How many others are in a cluster, by the first limit that they miss.
        assignments: Cluster of each preset, by its id.
    """

    rows: Sequence[FramesRow]
    chosen: Sequence[FramesRow]
    left_out: Counter[str]
    assignments: Mapping[str, str]

    def told(self) -> str:
        """Says in a few words how many there are."""
        why = ", ".join(f"{num} {reason}" for reason, num in self.left_out.most_common())
        num_considered = len(self.chosen) + self.left_out.total()
        return f"{len(self.chosen)} of {num_considered} presets to learn from ({why or 'all'})"


def only_writer(folder: Path) -> contextlib.AbstractContextManager[None]:
    """Keeps others from teaching by a pack's artifacts, or writing what is taught, meanwhile.

    Raises:
        StorageError: Another process is at it.
    """
    return file_lock(folder / _LOCK_NAME, timeout_s=0, remedy="wait for it")


def assignments_of(folder: Path, clusters: Path | None) -> dict[str, str]:
    """Reads which preset is in which cluster.

    Args:
        folder: Of the pack's artifacts.
        clusters: Another clustering than the folder's.

    Raises:
        InputError: There are no clusters yet.
    """
    path = clusters or folder / CLUSTERS_NAME
    if not path.exists():
        raise InputError(
            f"clusters at {path}, which are what is taught",
            "nothing there",
            "cluster the embeddings first: `aivj cluster`",
        )
    return read_clusters(path).assignments


def choose_targets(folder: Path, clusters: Path | None, limits: TargetLimits) -> LoraTargets:
    """Chooses presets of a pack.

    Args:
        folder: Of the pack's artifacts.
        clusters: Another clustering than the folder's.
        limits: What their pictures must be like.

    Raises:
        InputError: There are no clusters or pictures yet.
    """
    # Before anything else: without clusters there is nothing to teach.
    assignments = assignments_of(folder, clusters)
    best = best_rows(read_frames_index(folder / FRAMES_INDEX_NAME).rows)
    rows = [row for row in best.values() if row.status == "ok"]
    chosen, left_out = lora_targets(rows, assignments, limits)
    return LoraTargets(rows, chosen, left_out, assignments)


def write_lora_dataset(
    folder: Path,
    targets: LoraTargets,
    limits: TargetLimits,
    max_frames: int,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
) -> int:
    """Writes pictures and captions into `dataset/cluster-cNN`, and the lists of their presets.

    A caption is `cluster:c07 energy:calm`; energy is by thirds of the motion of all that have
    pictures. Written again, it holds what is chosen now and nothing else.

    Args:
        folder: Of the pack's artifacts.
        targets: The presets.
        limits: By which they were chosen.
        max_frames: Pictures of a preset at most.
        on_progress: Told how many presets of how many are done.

    Returns:
        How many pictures there are.

    Raises:
        InputError: What is at `dataset` is none of ours.
        StorageError: The disk does not take them, or another process is at it.
    """
    with only_writer(folder):
        return _write(folder, targets, limits, max_frames, on_progress)


def _write(
    folder: Path,
    targets: LoraTargets,
    limits: TargetLimits,
    max_frames: int,
    on_progress: Callable[[int, int], None],
) -> int:
    place = folder / DATASET_FOLDER
    _refuse_another(place)
    write_trainlists(folder, targets.chosen, targets.left_out, targets.assignments, limits)
    energies = energy_by_motion(
        {
            row.preset_id: row.metrics.motion
            for row in targets.rows
            if row.metrics is not None and row.metrics.motion is not None
        }
    )
    written: defaultdict[str, set[str]] = defaultdict(set)
    num_pictures = 0
    for num_done, row in enumerate(targets.chosen, start=1):
        cluster = targets.assignments[row.preset_id]
        inside = f"{_CLUSTER_PREFIX}{safe_name(cluster)}"
        caption = f"cluster:{cluster} energy:{energies.get(row.preset_id, 'groove')}\n"
        for number, file in enumerate(frame_files(row, folder.resolve())[:max_frames]):
            try:
                picture = file.read_bytes()
            except OSError:
                continue  # gone since it was indexed
            name = f"{frames_hash(row.preset_id)}-{number:03d}"
            # Tens of thousands of small files, each of which can be made again.
            write_atomic(place / inside / f"{name}{file.suffix}", picture, fsync=False)
            write_atomic(place / inside / f"{name}.txt", caption.encode(), fsync=False)
            written[inside] |= {f"{name}{file.suffix}", f"{name}.txt"}
            num_pictures += 1
        on_progress(num_done, len(targets.chosen))
    with storage_errors(place):
        _remove_others(place, written)
    return num_pictures


def _refuse_another(place: Path) -> None:
    if not place.exists():
        return
    is_ours = place.is_dir() and all(
        each.is_dir() and each.name.startswith(_CLUSTER_PREFIX) for each in place.iterdir()
    )
    if not is_ours:
        raise InputError(
            f"no folder at {place}, or one of clusters alone",
            "something else",
            "move it away: what is chosen now would take its place",
        )


def _remove_others(place: Path, written: Mapping[str, set[str]]) -> None:
    for inside in place.iterdir() if place.exists() else ():
        for file in inside.iterdir():
            if file.name not in written.get(inside.name, ()):
                file.unlink()
        if inside.name not in written:
            inside.rmdir()
