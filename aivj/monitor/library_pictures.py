"""Small pictures of presets, out of the store of takes."""

import contextlib
import threading
from collections import OrderedDict

from aivj.errors import AivjError
from aivj.monitor.library_index import KnownPreset
from aivj.presets.digest import content_hash
from aivj.takes.store import TakeStore
from aivj.takes.store.survey import store_folders
from aivj.takes.take import Drawn

_MOST_KEPT = 512
_MAX_BYTES = 8 * 1024 * 1024


class LibraryPictures:
    """Finds what presets look like by their content; safe to be asked from several threads.

    The store is opened when the first picture is asked for. What is drawn later is not seen.

    Args:
        takes: Where takes are kept: `s3://bucket/prefix`, or a folder's path.
    """

    def __init__(self, takes: str) -> None:
        self._takes = takes
        self._lock = threading.Lock()
        self._stores: list[TakeStore] | None = None
        self._fault: str | None = None
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._contents: dict[str, str | None] = {}

    @property
    def fault(self) -> str | None:
        """Why no picture can be shown; None if nothing went wrong so far."""
        return self._fault

    def has(self, preset: KnownPreset) -> bool:
        """Tells whether there is a picture of a preset; no shard is read for it."""
        content = self._content(preset)
        return content is not None and self._store_of(content) is not None

    def read(self, preset: KnownPreset) -> bytes | None:
        """Returns the WebP picture of a preset's last measured frame; None if there is none."""
        content = self._content(preset)
        if content is None:
            return None
        with self._lock:
            if (kept := self._kept.get(content)) is not None:
                self._kept.move_to_end(content)
                return kept
        store = self._store_of(content)
        if store is None:
            return None
        try:
            with contextlib.closing(store.read([content])) as takes:
                outcome = next(takes).outcome
        except AivjError as error:
            self._fault = str(error)
            return None
        if not isinstance(outcome, Drawn):
            return None
        picture = outcome.pictures[-1]
        with self._lock:
            self._kept[content] = picture
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return picture

    def _store_of(self, content: str) -> TakeStore | None:
        stores = self._opened()
        having = (each for each in stores if content in each and each.failure(content) is None)
        return next(having, None)

    def _opened(self) -> list[TakeStore]:
        """Opens the takes of all conditions, those of which there are most first."""
        with self._lock:
            if self._stores is None:
                self._stores = []
                try:
                    conditions = [each.conditions for each in store_folders(self._takes)]
                    found = [TakeStore.open(self._takes, each) for each in conditions if each]
                    self._stores = sorted(found, key=len, reverse=True)
                except AivjError as error:
                    self._fault = str(error)
            return self._stores

    def _content(self, preset: KnownPreset) -> str | None:
        """Returns a preset's content hash, of its file where the audit did not tell it."""
        if preset.content is not None or preset.file is None:
            return preset.content
        if preset.rel_path not in self._contents:
            self._contents[preset.rel_path] = _hash_of(preset)
        return self._contents[preset.rel_path]


def _hash_of(preset: KnownPreset) -> str | None:
    try:
        if preset.file is None or preset.file.stat().st_size > _MAX_BYTES:
            return None
        return content_hash(preset.file.read_bytes())
    except OSError:
        return None
