"""Samples packs on a runtime's page: every pair shown, measured and written, resumable."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from aivj.browser.choice import RendererChoice
from aivj.live.address import require_runtime_url
from aivj.live.dev_server import START_TIMEOUT_S, dev_server
from aivj.live.live_log import LiveLog
from aivj.live.live_run import LiveRun, PageEvents
from aivj.live.music import LiveMusic
from aivj.live.new_record import new_live_record
from aivj.live.settings import LiveSettings
from aivj.live.shares import Shares
from aivj.live.visits import Visits
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.open_run import SampleSummary, open_run
from aivj.runs.progress import SampleProgress
from aivj.sampling.packs import SamplePack, usable_packs
from aivj.sampling.request import SampleRequest


def sample_live(
    request: SampleRequest,
    live: LiveSettings,
    *,
    music: LiveMusic,
    choice: RendererChoice,
    on_progress: Callable[[SampleProgress], None] = lambda _: None,
    clock: Clock = Clock(),  # noqa: B008 - frozen
) -> SampleSummary:
    """Shows and measures the pairs of packs on a runtime's page, into a run directory.

    Args:
        request: What to sample; how pairs are rendered is the page's business.
        live: How the page is driven.
        music: What it plays.
        choice: The proved renderer.
        on_progress: Called after each pair.
        clock: The time.

    Raises:
        InputError: A manifest cannot be used, or the directory holds a run that does not fit.
        RendererRefusedError: The page draws with something else than was asked for.
        RunError: What section 6.2 of the wire contracts has a code for.
        WorkerLostError: A page dies whenever it is brought up.
        StorageError: The disk is full; all rows before are whole.
    """
    packs = require_usable_live(request, live)
    directory = RunDirectory(request.out_dir)
    with open_run(
        new_live_record(request, live, packs, music, choice, clock),
        directory,
        LiveLog,
        retry_failed=request.retry_failed,
        on_progress=on_progress,
        clock=clock,
    ) as opened:
        events = PageEvents(directory.path, clock)
        run = LiveRun(
            opened.record, opened.log, opened.tally, clock, request, live, music, choice, events
        )
        shares = Shares(run, packs)
        with _events_kept(events), _server(run):
            _sample(run, packs, shares)
    return SampleSummary.of(opened.tally)


def require_usable_live(request: SampleRequest, live: LiveSettings) -> tuple[SamplePack, ...]:
    """Checks what can be checked before a browser is started, and returns the packs.

    Raises:
        InputError: An address or a manifest cannot be used, or there is a run already.
    """
    require_runtime_url(live.url)
    return usable_packs(request)


@contextlib.contextmanager
def _server(run: LiveRun) -> Iterator[None]:
    run.record.phase = "server"
    timeout_s = max(START_TIMEOUT_S, run.live.server_timeout_ms / 1000)
    with dev_server(run.live.url, run.live.runtime_dir, timeout_s=timeout_s) as is_started:
        run.log.server(run.live.url, is_started=is_started)
        yield


def _sample(run: LiveRun, packs: tuple[SamplePack, ...], shares: Shares) -> None:
    run.tally.note_resumed()
    for pack in packs:
        run.record.pack = pack.name
        for pair in pack.faults:
            shares.add_fault(pack, pair)
        if not shares.is_done(pack):
            run.log.pack_begins(pack.name, pack.manifest_path.name, len(pack.ids))
            asyncio.run(_visit_all(run, pack, shares))
        if run.tally.is_out_of_time:
            run.tally.note_out_of_time()
        run.tally.end_pack(pack.name)


async def _visit_all(run: LiveRun, pack: SamplePack, shares: Shares) -> None:
    """Lets all pages visit a pack; what one cannot go on with ends the others."""
    pages = [
        asyncio.ensure_future(Visits(run, pack, number, shares).run())
        for number in range(run.live.num_workers)
    ]
    try:
        await asyncio.gather(*pages)
    finally:
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)


@contextlib.contextmanager
def _events_kept(events: PageEvents) -> Iterator[None]:
    """Writes what pages let on last, when an error ends the block."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            events.write("fatal")
        raise
