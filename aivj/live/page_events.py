"""The last things that pages let on, written down when something goes wrong."""

from collections import deque
from pathlib import Path

from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_folder import page_events_name
from aivj.sampling.clock import Clock
from aivj.storage import write_atomic

MAX_EVENTS = 200
"""So many are kept, the last ones."""


class PageEvents:
    """Errors, crashes and ends of pages, each with its time.

    Args:
        folder: Of the run.
        clock: The time.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._lines: deque[str] = deque(maxlen=MAX_EVENTS)

    def add(self, kind: str, text: str) -> None:
        """Keeps an event."""
        self._lines.append(f"{iso_utc(self._clock.now())} [{kind}] {' '.join(text.split())}")

    def write(self, name: str) -> None:
        """Writes the file of a pack, or that of the run's `fatal` end.

        Raises:
            StorageError: The disk did not take it.
        """
        lines = "".join(f"{line}\n" for line in self._lines)
        write_atomic(self._folder / page_events_name(name), lines.encode())
