"""A library that is read when somebody first looks at it: most who watch a run never do."""

import contextlib
import threading
import time
from collections.abc import Callable

from aivj.errors import AivjError
from aivj.monitor.library_sources import Library

_LEAST_PAUSE_S = 5.0
_PAUSE_PER_READING = 20.0
"""So that a library which grows all the time costs a twentieth of a core at most."""


class LibraryShelf:
    """Keeps a library; safe to be asked from several threads.

    Args:
        read: Reads it. Until it succeeds it is asked anew each time; then when its sources have
            changed, but not all the time.
        now_s: A monotonic clock, in seconds.
    """

    def __init__(
        self, read: Callable[[], Library], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._now_s = now_s
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._look_at_s = 0.0

    def library(self) -> Library:
        """Returns the library; one that cannot be read any more as it was.

        Raises:
            AivjError: There is none, or it cannot be read.
        """
        with self._lock:
            if self._library is None:
                self._library = self._fresh()
            elif self._now_s() >= self._look_at_s:
                self._look_again(self._library)
            return self._library

    def _look_again(self, library: Library) -> None:
        self._look_at_s = self._now_s() + _LEAST_PAUSE_S
        if library.sources.have_changed():
            # Files of an audit that goes on are gone for a moment; what is shown stays.
            with contextlib.suppress(AivjError):
                self._library = self._fresh()

    def _fresh(self) -> Library:
        begun_s = self._now_s()
        library = self._read()
        ended_s = self._now_s()
        pause_s = max(_LEAST_PAUSE_S, _PAUSE_PER_READING * (ended_s - begun_s))
        self._look_at_s = ended_s + pause_s
        return library
