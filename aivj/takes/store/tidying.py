"""Tidies a store up: damage written anew, fewer and larger shards, less of it."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from aivj.storage import ObjectFolder
from aivj.takes.store.catalogue import Catalogue
from aivj.takes.store.index import Marker, OtherFormatError, is_marker, named_us, shard_of
from aivj.takes.store.shard import DamagedError, shard_takes
from aivj.takes.store.survey import (
    OnProgress,
    Verification,
    abandoned_files,
    is_superseded,
    quietly,
    shard_entries,
)
from aivj.takes.store.writer import Dated, write_shard

ABANDONED_AFTER = timedelta(days=1)
"""When what no marker stands for is nobody's: no write takes that long."""

NUM_IN_LARGE = 256
"""Takes of a shard that is not merged any more."""

_NUM_THREADS = 16


@dataclass(frozen=True)
class Compaction:
    """What compacting did.

    Attributes:
        num_merged: Shards that were merged.
        num_made: Shards that came of them.
        num_left_out: Takes that were left out: damaged, or not counting.
        num_removed: Abandoned files that were removed.
    """

    num_merged: int
    num_made: int
    num_left_out: int
    num_removed: int


def repair(folder: ObjectFolder, found: Verification) -> int:
    """Writes damaged shards anew, with the takes in them that are whole; what is lost is gone.

    Args:
        folder: Their folder.
        found: What is wrong with it.

    Returns:
        How many takes that markers tell of are lost. They count as never drawn.

    Raises:
        StorageError: The folder does not answer.
    """
    catalogue = Catalogue(folder)
    catalogue.refresh()
    damaged = [marker for marker in catalogue.markers.values() if marker.shard in found.damaged]
    done = _merge(folder, catalogue, [[marker] for marker in damaged], quietly)
    marked = {marker.shard for marker in catalogue.markers.values()}
    for name in _unread(catalogue):
        shard = shard_of(name)
        takes = [] if shard in marked else shard_takes(folder.read(shard) or b"")
        if takes:
            write_shard(folder, [Dated(take, named_us(shard)) for take in takes])
        _remove(folder, [name])
        _remove(folder, [] if shard in marked else [shard])
    return done.num_left_out


def compact(
    folder: ObjectFolder, *, now: datetime, on_progress: OnProgress = quietly
) -> Compaction:
    """Merges small shards, leaves out what does not count, removes what was abandoned.

    Others may write and read meanwhile, and it may be killed at any moment: the new shard and its
    marker come first, then the old markers go, then the old shards.

    Args:
        folder: The folder.
        now: The time; what is not marked and younger than a day may still be being written.
        on_progress: Told how many groups of shards of how many were merged.

    Raises:
        StorageError: The folder does not answer.
    """
    catalogue = Catalogue(folder)
    catalogue.refresh()
    merged = _merge(folder, catalogue, _groups(catalogue), on_progress)
    old = [
        name
        for name in abandoned_files(catalogue)
        if now - catalogue.listed[name].modified_at > ABANDONED_AFTER
    ]
    _remove(folder, old)
    return Compaction(merged.num_merged, merged.num_made, merged.num_left_out, len(old))


def drop(folder: ObjectFolder) -> None:
    """Removes a folder of the store, its markers first. Raises `StorageError`."""
    _remove(folder, [name for name in folder.listing() if is_marker(name)])
    folder.remove_all()


def _unread(catalogue: Catalogue) -> list[str]:
    """Returns markers that nobody can read; those of another version are not ours to judge."""
    return [
        name for name, error in catalogue.damaged.items() if not isinstance(error, OtherFormatError)
    ]


def _groups(catalogue: Catalogue) -> list[list[Marker]]:
    """Returns which shards are to be merged with each other, the earliest first."""
    groups: list[list[Marker]] = [[]]
    num_takes = 0
    for marker in sorted(catalogue.markers.values(), key=lambda marker: marker.shard):
        superseded = sum(is_superseded(entry, catalogue) for entry in marker.entries)
        if len(marker.entries) >= NUM_IN_LARGE and not superseded:
            continue
        groups[-1].append(marker)
        num_takes += len(marker.entries) - superseded
        if num_takes >= NUM_IN_LARGE:
            groups.append([])
            num_takes = 0
    return [
        group
        for group in groups
        if len(group) > 1
        or any(is_superseded(entry, catalogue) for marker in group for entry in marker.entries)
    ]


def _merge(
    folder: ObjectFolder,
    catalogue: Catalogue,
    groups: Sequence[Sequence[Marker]],
    on_progress: OnProgress,
) -> Compaction:
    """Writes each group of shards as one."""
    num_made = num_kept = 0
    for number, group in enumerate(groups, start=1):
        kept: deque[Dated] = deque()
        for marker in group:
            counting = [entry for entry in marker.entries if not is_superseded(entry, catalogue)]
            taken = (take for _, take in shard_entries(folder, marker, counting))
            kept.extend(take for take in taken if not isinstance(take, DamagedError))
        if kept:
            write_shard(folder, list(kept))
            num_made += 1
            num_kept += len(kept)
        _remove(folder, [marker.name for marker in group])
        _remove(folder, [marker.shard for marker in group])
        on_progress(number, len(groups))
    merged = [marker for group in groups for marker in group]
    num_takes = sum(len(marker.entries) for marker in merged)
    return Compaction(len(merged), num_made, num_takes - num_kept, 0)


def _remove(folder: ObjectFolder, names: Sequence[str]) -> None:
    if names:
        with ThreadPoolExecutor(min(_NUM_THREADS, len(names))) as threads:
            deque(threads.map(folder.remove, names), maxlen=0)
