"""Looks after a store: what is in it, whether it is whole, fewer and larger shards, less of it."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import Field

from aivj.contracts.json_text import ContractModel
from aivj.errors import InputError
from aivj.storage import ObjectFolder, open_folder
from aivj.takes.conditions import Conditions
from aivj.takes.store.catalogue import Catalogue
from aivj.takes.store.conditions_file import CONDITIONS_NAME, parse_conditions
from aivj.takes.store.index import (
    Entry,
    Marker,
    OtherFormatError,
    is_marker,
    is_shard,
    named_us,
    shard_of,
)
from aivj.takes.store.shard import DamagedError, shard_takes, take_of
from aivj.takes.store.writer import Dated, write_shard

ABANDONED_AFTER = timedelta(days=1)
"""When what no marker stands for is nobody's: no write takes that long."""

NUM_IN_LARGE = 256
"""Takes of a shard that is not merged any more."""

_DIGEST = re.compile(r"[0-9a-f]{16}")
_NUM_THREADS = 16

OnProgress = Callable[[int, int], None]


def _quietly(_num_done: int, _num_total: int) -> None:
    pass


@dataclass(frozen=True)
class StoreFolder:
    """The part of a store for some conditions.

    Attributes:
        digest: Its name.
        objects: Its files.
        conditions: What its takes were drawn under; None if that cannot be read.
        problem: Why it cannot be read; None if it can.
    """

    digest: str
    objects: ObjectFolder
    conditions: Conditions | None
    problem: str | None = None


class FolderStatus(ContractModel):
    """What is in a folder of the store."""

    digest: str = Field(description="Its name: the digest of its conditions")
    conditions: Conditions | None = Field(description="None if they cannot be read")
    problem: str | None = Field(description="Why they cannot be read")
    num_drawn: int = Field(description="Presets that were drawn")
    failures: dict[str, int] = Field(description="How many presets failed, by kind")
    num_shards: int = Field(description="Shards that exist")
    num_bytes: int = Field(description="Of all its files")
    chromium: dict[str, int] = Field(description="Takes of each version of the browser")
    renderers: dict[str, int] = Field(description="Takes of each renderer, by its unmasked name")

    @property
    def num_takes(self) -> int:
        """Presets that were drawn or failed."""
        return self.num_drawn + sum(self.failures.values())


class StoreStatus(ContractModel):
    """What is in a store."""

    takes: str = Field(description="Its address")
    folders: list[FolderStatus]


@dataclass
class Verification:
    """What was found when every shard was read.

    Attributes:
        num_takes: Takes that are whole.
        num_shards: Shards that were read.
        damaged: What is wrong with shards that a marker stands for, by shard.
        damaged_markers: What is wrong with markers, by name.
        abandoned: Files that nothing stands for: unmarked shards, beginnings of files.
        num_double: Takes that do not count since another of the same preset does.
    """

    num_takes: int = 0
    num_shards: int = 0
    damaged: dict[str, str] = field(default_factory=dict)
    damaged_markers: dict[str, str] = field(default_factory=dict)
    abandoned: list[str] = field(default_factory=list)
    num_double: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything that was written can be read; the rest is only in the way."""
        return not self.damaged and not self.damaged_markers


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


def store_folders(uri: str | Path) -> list[StoreFolder]:
    """Returns the folders of a store, sorted by their names.

    Raises:
        InputError: The address is of no kind that is known.
        StorageError: The store does not answer.
    """
    root = open_folder(uri)
    return [_folder(root, name) for name in root.folders() if _DIGEST.fullmatch(name)]


def status(folder: StoreFolder) -> FolderStatus:
    """Tells what is in a folder; no shard is read.

    Raises:
        StorageError: The folder does not answer.
    """
    catalogue = Catalogue(folder.objects)
    catalogue.refresh()
    entries = catalogue.entries.values()
    failures = Counter(entry.failure.kind for entry in entries if entry.failure is not None)
    return FolderStatus(
        digest=folder.digest,
        conditions=folder.conditions,
        problem=folder.problem,
        num_drawn=len(entries) - failures.total(),
        failures=dict(failures.most_common()),
        num_shards=sum(catalogue.is_whole(marker) for marker in catalogue.markers.values()),
        num_bytes=sum(info.size for info in catalogue.listed.values()),
        chromium=dict(Counter(entry.chromium for entry in entries).most_common()),
        renderers=dict(Counter(entry.renderer for entry in entries).most_common()),
    )


def verify(folder: ObjectFolder, on_progress: OnProgress = _quietly) -> Verification:
    """Reads every shard of a folder.

    Args:
        folder: The folder.
        on_progress: Told how many shards of how many were read.

    Raises:
        StorageError: The folder does not answer.
    """
    catalogue = Catalogue(folder)
    catalogue.refresh()
    found = Verification(
        damaged_markers={name: str(error) for name, error in catalogue.damaged.items()},
        abandoned=_abandoned(catalogue),
    )
    markers = list(catalogue.markers.values())
    for number, marker in enumerate(markers, start=1):
        takes = [taken for _, taken in _takes(folder, marker, marker.entries)]
        problems = [str(taken) for taken in takes if isinstance(taken, DamagedError)]
        if problems and folder.read(marker.name) is None:
            continue  # merged into another meanwhile
        found.num_shards += 1
        found.num_takes += len(takes) - len(problems)
        found.num_double += sum(_is_superseded(entry, catalogue) for entry in marker.entries)
        if problems:
            found.damaged[marker.shard] = f"{len(problems)} of {len(takes)} takes: {problems[0]}"
        elif not catalogue.is_whole(marker):
            found.damaged[marker.shard] = "another size than its marker says"
        on_progress(number, len(markers))
    return found


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
    done = _merge(folder, catalogue, [[marker] for marker in damaged], _quietly)
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
    folder: ObjectFolder, *, now: datetime, on_progress: OnProgress = _quietly
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
        for name in _abandoned(catalogue)
        if now - catalogue.listed[name].modified_at > ABANDONED_AFTER
    ]
    _remove(folder, old)
    return Compaction(merged.num_merged, merged.num_made, merged.num_left_out, len(old))


def drop(folder: ObjectFolder) -> None:
    """Removes a folder of the store, its markers first. Raises `StorageError`."""
    _remove(folder, [name for name in folder.listing() if is_marker(name)])
    folder.remove_all()


def _folder(root: ObjectFolder, name: str) -> StoreFolder:
    objects = root.folder(name)
    data = objects.read(CONDITIONS_NAME)
    if data is None:
        return StoreFolder(name, objects, None, f"no {CONDITIONS_NAME}")
    try:
        conditions = parse_conditions(data, f"{objects.uri}/{CONDITIONS_NAME}")
    except InputError as error:
        return StoreFolder(name, objects, None, f"{error.found}: expected {error.expected}")
    if conditions.digest != name:
        return StoreFolder(name, objects, None, f"the conditions {conditions.digest}")
    return StoreFolder(name, objects, conditions)


def _takes(
    folder: ObjectFolder, marker: Marker, entries: Sequence[Entry]
) -> Iterator[tuple[Entry, Dated | DamagedError]]:
    """Yields entries of a shard with their takes, or with what is wrong with them."""
    data = folder.read(marker.shard)
    if data is None:
        yield from ((entry, DamagedError("its shard is gone")) for entry in entries)
        return
    for entry in entries:
        start, size = entry.place.start, entry.place.size
        try:
            take = take_of(data[start : start + size], entry.place)
        except DamagedError as error:
            yield entry, error
        else:
            yield entry, Dated(take, entry.written_us)


def _abandoned(catalogue: Catalogue) -> list[str]:
    """Returns files that no marker stands for: a writer died, or is not ready yet."""
    marked = {shard_of(name) for name in [*catalogue.markers, *catalogue.damaged]}
    return [
        name
        for name in catalogue.listed
        if name.startswith(".") or (is_shard(name) and name not in marked)
    ]


def _unread(catalogue: Catalogue) -> list[str]:
    """Returns markers that nobody can read; those of another version are not ours to judge."""
    return [
        name for name, error in catalogue.damaged.items() if not isinstance(error, OtherFormatError)
    ]


def _is_superseded(entry: Entry, catalogue: Catalogue) -> bool:
    return catalogue.entries.get(entry.content, entry) != entry


def _groups(catalogue: Catalogue) -> list[list[Marker]]:
    """Returns which shards are to be merged with each other, the earliest first."""
    groups: list[list[Marker]] = [[]]
    num_takes = 0
    for marker in sorted(catalogue.markers.values(), key=lambda marker: marker.shard):
        superseded = sum(_is_superseded(entry, catalogue) for entry in marker.entries)
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
        or any(_is_superseded(entry, catalogue) for marker in group for entry in marker.entries)
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
            counting = [entry for entry in marker.entries if not _is_superseded(entry, catalogue)]
            taken = (take for _, take in _takes(folder, marker, counting))
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
