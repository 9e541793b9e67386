"""A library that is read when somebody first looks at it: most who watch a run never do."""

import threading
from collections.abc import Callable

from aivj.monitor.library_sources import Library


class LibraryShelf:
    """Keeps a library; safe to be asked from several threads.

    Args:
        read: Reads it. Until it succeeds it is asked anew each time.
    """

    def __init__(self, read: Callable[[], Library]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._library: Library | None = None

    def library(self) -> Library:
        """Returns the library, as it was when it was first looked at.

        Raises:
            AivjError: There is none, or it cannot be read.
        """
        with self._lock:
            if self._library is None:
                self._library = self._read()
            return self._library
