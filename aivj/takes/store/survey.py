"""Looks at a store: what is in it, and whether it is whole. Changes nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
    is_shard,
    shard_of,
)
from aivj.takes.store.shard import DamagedError, take_of
from aivj.takes.store.writer import Dated

_DIGEST = re.compile(r"[0-9a-f]{16}")

OnProgress = Callable[[int, int], None]


def quietly(_num_done: int, _num_total: int) -> None:
    """Tells nobody of progress."""


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


def verify(folder: ObjectFolder, on_progress: OnProgress = quietly) -> Verification:
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
        abandoned=abandoned_files(catalogue),
    )
    markers = list(catalogue.markers.values())
    for number, marker in enumerate(markers, start=1):
        takes = [taken for _, taken in shard_entries(folder, marker, marker.entries)]
        problems = [str(taken) for taken in takes if isinstance(taken, DamagedError)]
        if problems and folder.read(marker.name) is None:
            continue  # merged into another meanwhile
        found.num_shards += 1
        found.num_takes += len(takes) - len(problems)
        found.num_double += sum(is_superseded(entry, catalogue) for entry in marker.entries)
        if problems:
            found.damaged[marker.shard] = f"{len(problems)} of {len(takes)} takes: {problems[0]}"
        elif not catalogue.is_whole(marker):
            found.damaged[marker.shard] = "another size than its marker says"
        on_progress(number, len(markers))
    return found


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


def shard_entries(
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


def abandoned_files(catalogue: Catalogue) -> list[str]:
    """Returns files that no marker stands for: a writer died, or is not ready yet."""
    marked = {shard_of(name) for name in [*catalogue.markers, *catalogue.damaged]}
    return [
        name
        for name in catalogue.listed
        if name.startswith(".") or (is_shard(name) and name not in marked)
    ]


def is_superseded(entry: Entry, catalogue: Catalogue) -> bool:
    """Tells whether another take of the same preset counts."""
    return catalogue.entries.get(entry.content, entry) != entry
