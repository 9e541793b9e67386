"""What the markers of a folder say, all together: which takes there are, and where."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from aivj.storage import ObjectFolder, ObjectInfo
from aivj.takes.store.index import (
    Entry,
    Marker,
    counting,
    is_marker,
    read_marker,
)
from aivj.takes.store.shard import DamagedError

_NUM_THREADS = 16
_MAX_LISTINGS = 8


class Catalogue:
    """The takes of a folder that count.

    Attributes:
        listed: All objects of the folder when it was last looked at.
        markers: Those markers that could be read, by name.
        damaged: Why others could not, by name.
        entries: By content, what counts among the takes whose shards are whole by their size.
    """

    def __init__(self, folder: ObjectFolder) -> None:
        self._folder = folder
        self.listed: Mapping[str, ObjectInfo] = {}
        self.markers: dict[str, Marker] = {}
        self.damaged: dict[str, DamagedError] = {}
        self.entries: Mapping[str, Entry] = {}
        self._counted: set[str] = set()

    def refresh(self) -> None:
        """Looks at the folder again.

        Raises:
            StorageError: It does not answer.
        """
        self.listed = self._settled_listing()
        names = [name for name in self.listed if is_marker(name)]
        for known in (self.markers, self.damaged):
            for name in known.keys() - set(names):
                del known[name]
        seen = self.markers.keys() | self.damaged.keys()
        self._read([name for name in names if name not in seen])
        counted = {name for name, marker in self.markers.items() if self.is_whole(marker)}
        lost = self._counted - counted
        # Others read meanwhile: what they see is the old entries or the new.
        entries = {} if lost else dict(self.entries)
        for name in counted if lost else counted - self._counted:
            counting(self.markers[name].entries, entries)
        self.entries, self._counted = entries, counted

    def see(self, name: str) -> None:
        """Sees one marker of which it is known that its shard is whole; lists nothing.

        Raises:
            StorageError: The folder does not answer.
        """
        if name in self._counted:
            return
        self._read([name])
        if name in self.markers:
            entries = dict(self.entries)
            counting(self.markers[name].entries, entries)
            self.entries = entries
            self._counted.add(name)

    def is_whole(self, marker: Marker) -> bool:
        """Tells whether the shard of a marker was there in its full size."""
        info = self.listed.get(marker.shard)
        return info is not None and info.size == marker.shard_size

    def _settled_listing(self) -> Mapping[str, ObjectInfo]:
        """Lists the folder until no marker that was there is missing.

        While somebody compacts it, a listing may have passed where the new marker comes to stand,
        and come late for the old ones. What the next listing still has was not so replaced.
        """
        before = set(self.markers) or _markers(self._folder.listing())
        for _ in range(_MAX_LISTINGS):
            listed = self._folder.listing()
            markers = _markers(listed)
            if before <= markers:
                break
            before = markers
        return listed

    def _read(self, names: list[str]) -> None:
        if not names:
            return
        with ThreadPoolExecutor(min(_NUM_THREADS, len(names))) as threads:
            for name, found in zip(names, threads.map(self._marker, names), strict=True):
                if isinstance(found, Marker):
                    self.markers[name] = found
                elif found is not None:
                    self.damaged[name] = found

    def _marker(self, name: str) -> Marker | DamagedError | None:
        data = self._folder.read(name)
        try:
            return None if data is None else read_marker(name, data)
        except DamagedError as error:
            return error


def _markers(listed: Mapping[str, ObjectInfo]) -> set[str]:
    return {name for name in listed if is_marker(name)}
