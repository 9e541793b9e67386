"""Writes takes into a store, from many processes at once, none of which waits for another."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from aivj.storage import ObjectFolder
from aivj.takes.conditions import Conditions
from aivj.takes.store.conditions_file import (
    CONDITIONS_NAME,
    conditions_bytes,
    require_same_conditions,
)
from aivj.takes.store.index import Entry, marker_bytes, new_shard_name
from aivj.takes.store.shard import shard_bytes
from aivj.takes.take import Take

_NUM_IN_HAND = 16
_MAX_AGE_S = 5.0


class Dated(NamedTuple):
    """A take and when it was handed to its first writer, microseconds since 1970."""

    take: Take
    written_us: int


class TakeWriter:
    """Writes takes of one set of conditions.

    What was added is in hand and lost with the process; what was flushed is in the store for good.
    """

    def __init__(
        self,
        folder: ObjectFolder,
        conditions: Conditions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Makes a writer; nothing is written or asked yet.

        Args:
            folder: The folder of the store for these conditions.
            conditions: What the takes were drawn under.
            clock: Seconds that never go back.
        """
        self._folder = folder
        self._conditions = conditions
        self._clock = clock
        self._in_hand: list[Dated] = []
        self._oldest_s = 0.0
        self._has_conditions = False

    def add(self, take: Take) -> str | None:
        """Takes a take in hand; writes all in hand if they are 16 or the oldest is 5 s old.

        Returns:
            What was written, as `flush` returns it.

        Raises:
            StorageError: The store did not take them; they are still in hand.
            InputError: The store's folder is of other conditions.
        """
        if not self._in_hand:
            self._oldest_s = self._clock()
        self._in_hand.append(Dated(take, time.time_ns() // 1000))
        if len(self._in_hand) >= _NUM_IN_HAND or self._clock() - self._oldest_s >= _MAX_AGE_S:
            return self.flush()
        return None

    def flush(self) -> str | None:
        """Writes all in hand as one shard. Raises as `add`.

        Returns:
            The name of its marker, for `TakeStore.see`; None if nothing was in hand.
        """
        if not self._in_hand:
            return None
        self._name_conditions()
        marker = write_shard(self._folder, self._in_hand)
        self._in_hand = []
        return marker

    def close(self) -> None:
        """Writes what is in hand. Raises as `add`."""
        self.flush()

    def _name_conditions(self) -> None:
        """Says in the store what its takes were drawn under, before there are any."""
        if self._has_conditions:
            return
        found = self._folder.read(CONDITIONS_NAME)
        if found is None:
            self._folder.write(CONDITIONS_NAME, conditions_bytes(self._conditions))
        else:
            require_same_conditions(found, self._conditions, self._folder.uri)
        self._has_conditions = True


def write_shard(folder: ObjectFolder, takes: Sequence[Dated]) -> str:
    """Writes takes as one shard, its marker last; returns the marker's name.

    Raises:
        StorageError: The folder did not take it; there is no such shard then.
    """
    name = new_shard_name()
    data, places = shard_bytes([dated.take for dated in takes])
    entries = [
        Entry.of(dated.take, shard=name, written_us=dated.written_us, place=place)
        for dated, place in zip(takes, places, strict=True)
    ]
    folder.write(name, data)
    marker, marked = marker_bytes(entries, len(data))
    folder.write(marker, marked)
    return marker
