"""What all pages of a live run share, and the last things that they let on."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_folder import page_events_name
from aivj.live.live_log import LiveLog
from aivj.live.music import LiveMusic
from aivj.live.settings import LiveSettings
from aivj.runs.clock import Clock
from aivj.runs.open_run import OpenRun
from aivj.sampling.request import SampleRequest
from aivj.storage import write_atomic

MAX_EVENTS = 200
"""So many are kept, the last ones."""


class PageEvents:
    """Errors, crashes and ends of pages, each with its time; written when something goes wrong.

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


@dataclass(frozen=True)
class LiveRun(OpenRun[LiveLog]):
    """What all pages of a run share, beside what is open of every run.

    Attributes:
        request: What to sample.
        live: How the page is driven.
        music: What it plays.
        choice: The renderer that was proved, and the policy that the page must fit.
        events: What pages let on, for when something goes wrong.
    """

    request: SampleRequest
    live: LiveSettings
    music: LiveMusic
    choice: RendererChoice
    events: PageEvents
