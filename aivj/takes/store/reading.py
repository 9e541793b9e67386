"""Reads takes out of a store."""

import contextlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock

from aivj.errors import InputError, StorageError
from aivj.storage import open_folder
from aivj.takes.cells import LayerCells
from aivj.takes.conditions import Conditions
from aivj.takes.store.catalogue import Catalogue
from aivj.takes.store.conditions_file import (
    CONDITIONS_NAME,
    parse_conditions,
    require_same_conditions,
)
from aivj.takes.store.index import Entry
from aivj.takes.store.shard import DamagedError, take_of
from aivj.takes.store.writer import TakeWriter
from aivj.takes.take import Drawn, Take, TakeFailure

_NUM_THREADS = 8
_NUM_AHEAD = 32
_MAX_READS = 3


@dataclass(frozen=True)
class StorePlace:
    """The address of a store, for workers elsewhere: small, and can be pickled.

    Attributes:
        uri: `s3://bucket/prefix`, `file:///folder` or a folder's path.
        conditions: What its takes are drawn under.
    """

    uri: str
    conditions: Conditions

    @classmethod
    def at(cls, uri: str | Path, conditions: Conditions) -> "StorePlace":
        """Returns the place with an address that means the same in every process."""
        return cls(open_folder(uri).uri, conditions)

    def open(self) -> "TakeStore":
        """Opens the store. Raises as `TakeStore.open`."""
        return TakeStore.open(self.uri, self.conditions)

    def writer(self) -> TakeWriter:
        """Makes a writer; the store is not asked yet."""
        return TakeWriter(open_folder(self.uri).folder(self.conditions.digest), self.conditions)


class TakeStore:
    """The takes of some conditions.

    Attributes:
        place: Its address.
        conditions: What its takes were drawn under.
    """

    def __init__(self, place: StorePlace) -> None:
        self.place = place
        self.conditions = place.conditions
        self._folder = open_folder(place.uri).folder(self.conditions.digest)
        self._catalogue = Catalogue(self._folder)
        self._refreshing = Lock()
        # Of all reads: a run reads thousands of pairs one by one. They end with the store.
        self._threads = ThreadPoolExecutor(_NUM_THREADS)

    @classmethod
    def open(cls, uri: str | Path, conditions: Conditions) -> "TakeStore":
        """Opens a store and looks at what is in it; one that is not there yet is empty.

        Args:
            uri: `s3://bucket/prefix`, `file:///folder` or a folder's path.
            conditions: Which takes of it are wanted.

        Raises:
            InputError: The address is of no kind that is known, or the folder for these conditions
                says that it is of others.
            StorageError: Disk or bucket do not answer.
        """
        store = cls(StorePlace.at(uri, conditions))
        found = store._folder.read(CONDITIONS_NAME)
        if found is not None:
            require_same_conditions(found, conditions, store._folder.uri)
        store.refresh()
        return store

    @classmethod
    def find(cls, uri: str | Path, digest: str) -> "TakeStore | None":
        """Opens the takes of those conditions that `digest` names; None if there are none.

        Raises:
            InputError: As `open`.
            StorageError: Disk or bucket do not answer.
        """
        folder = open_folder(uri).folder(digest)
        found = folder.read(CONDITIONS_NAME)
        if found is None:
            return None
        return cls.open(uri, parse_conditions(found, f"{folder.uri}/{CONDITIONS_NAME}"))

    def __contains__(self, content: object) -> bool:
        return content in self._catalogue.entries

    def __len__(self) -> int:
        return len(self._catalogue.entries)

    def contents(self) -> Sequence[str]:
        """Returns the content hashes of all presets that were drawn or failed, sorted."""
        return sorted(self._catalogue.entries)

    def failure(self, content: str) -> TakeFailure | None:
        """Tells why a preset could not be drawn; None if it was, or was never tried.

        No shard is read for it.
        """
        entry = self._catalogue.entries.get(content)
        return None if entry is None else entry.failure

    def chromium_version(self, content: str) -> str | None:
        """Tells which build of the browser drew a preset, or failed to; None if it was not tried.

        No shard is read for it.
        """
        entry = self._catalogue.entries.get(content)
        return None if entry is None else entry.chromium

    def refresh(self) -> None:
        """Sees what was written meanwhile, by whomever.

        Raises:
            StorageError: The store does not answer.
        """
        with self._refreshing:
            self._catalogue.refresh()

    def see(self, marker: str) -> None:
        """Sees what a writer has just written; `marker` is what `TakeWriter.flush` returned.

        Raises:
            StorageError: The store does not answer.
        """
        with self._refreshing:
            self._catalogue.see(marker)

    def read(self, contents: Iterable[str]) -> Generator[Take, None, None]:
        """Yields the takes of presets in the order asked for; some are read ahead.

        Raises:
            InputError: There is no take of a preset.
            StorageError: The store does not answer, or a take in it is damaged.
        """
        waiting: deque[Future[Take]] = deque()
        wanted = iter(contents)
        try:
            for content in islice(wanted, _NUM_AHEAD):
                waiting.append(self._threads.submit(self._read, content))
            while waiting:
                take = waiting.popleft().result()
                for content in islice(wanted, 1):
                    waiting.append(self._threads.submit(self._read, content))
                yield take
        finally:
            for unread in waiting:
                unread.cancel()

    def read_cells(self, contents: Iterable[str]) -> Iterator[LayerCells]:
        """Yields the cells of presets that were drawn. Raises as `read`.

        Raises:
            InputError: A preset was not drawn.
        """
        with contextlib.closing(self.read(contents)) as takes:
            for take in takes:
                if not isinstance(take.outcome, Drawn):
                    raise InputError(
                        f"a preset {take.content} that was drawn",
                        f"{take.outcome.kind}: {take.outcome.found}",
                        "leave it out: `TakeStore.failure` tells",
                    )
                yield take.outcome.cells

    def writer(self) -> TakeWriter:
        """Makes a writer into this store; the store is not asked yet."""
        return self.place.writer()

    def _read(self, content: str) -> Take:
        """Reads a take; looks again where it lies if its shard is gone, as after compacting."""
        entry = self._entry(content)
        for _ in range(_MAX_READS):
            try:
                return self._read_at(entry)
            except DamagedError as error:
                damage = error
            before, entry = entry, self._entry_after(entry)
            if entry == before:
                break
        raise StorageError(
            f"a whole take of {content} in {self._folder.uri}/{entry.shard}",
            str(damage),
            "run `aivj takes verify --repair`: what is lost is drawn again",
        )

    def _entry_after(self, entry: Entry) -> Entry:
        """Looks again where a take lies, unless somebody else has just done so."""
        with self._refreshing:
            if self._entry(entry.content) == entry:
                self._catalogue.refresh()
        return self._entry(entry.content)

    def _read_at(self, entry: Entry) -> Take:
        data = self._folder.read_range(entry.shard, entry.place.start, entry.place.size)
        if data is None:
            raise DamagedError("its shard is gone")
        return take_of(data, entry.place)

    def _entry(self, content: str) -> Entry:
        entry = self._catalogue.entries.get(content)
        if entry is None:
            raise InputError(
                f"a take of {content} in {self._folder.uri}",
                "none",
                "draw the preset first, or look again with `TakeStore.refresh`",
            )
        return entry
