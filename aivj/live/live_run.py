"""What all pages of a live run share."""

from dataclasses import dataclass

from aivj.browser.choice import RendererChoice
from aivj.live.live_log import LiveLog
from aivj.live.music import LiveMusic
from aivj.live.page_events import PageEvents
from aivj.live.settings import LiveSettings
from aivj.sampling.clock import Clock
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_record import RunRecord


@dataclass(frozen=True)
class LiveRun:
    """What all pages of a run share.

    Attributes:
        request: What to sample.
        live: How the page is driven.
        music: What it plays.
        choice: The renderer that was proved, and the policy that the page must fit.
        log: Where the steps are written.
        events: What pages let on, for when something goes wrong.
        record: Where the phases are.
        clock: The time.
    """

    request: SampleRequest
    live: LiveSettings
    music: LiveMusic
    choice: RendererChoice
    log: LiveLog
    events: PageEvents
    record: RunRecord
    clock: Clock
