"""Samples packs on a runtime's page: every pair shown, measured and written, resumable."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from aivj.browser.choice import RendererChoice
from aivj.live.address import require_runtime_url
from aivj.live.dev_server import START_TIMEOUT_S, dev_server
from aivj.live.live_log import LiveLog
from aivj.live.live_run import LiveRun
from aivj.live.music import LiveMusic
from aivj.live.page_events import PageEvents
from aivj.live.run_description import describe_live_run
from aivj.live.settings import LiveSettings
from aivj.live.tally import Tally
from aivj.live.visits import Visits
from aivj.sampling.clock import Clock
from aivj.sampling.packs import SamplePack, read_packs, refuse_other_run
from aivj.sampling.progress import SampleProgress
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory, RunLogs
from aivj.sampling.run_record import RunRecord, error_code
from aivj.sampling.summary import SampleSummary
from aivj.sampling.table import write_table


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
    with directory.locked(), contextlib.ExitStack() as exit_stack:
        fresh = describe_live_run(request, live, packs, music, choice, clock)
        record = RunRecord.open(fresh, directory, clock)
        if request.retry_failed:
            directory.forget_failures_that_may_heal()
        logs, log = RunLogs(directory), LiveLog(directory.log_path)
        exit_stack.callback(logs.close)
        exit_stack.callback(log.close)
        events = PageEvents(directory.path, clock)
        run = LiveRun(request, live, music, choice, log, events, record, clock)
        tally = Tally(run, packs, logs, on_progress)
        with _failing(run, packs[0].name) as current, _server(run):
            _sample(run, packs, tally, current)
        write_table(directory.rows(), directory.parquet_path)
        record.finish()
    return SampleSummary(
        directory, logs.num_rows, logs.num_failures, tally.num_target, tally.is_complete
    )


def require_usable_live(request: SampleRequest, live: LiveSettings) -> tuple[SamplePack, ...]:
    """Checks what can be checked before a browser is started, and returns the packs.

    Raises:
        InputError: An address or a manifest cannot be used, or there is a run already.
    """
    require_runtime_url(live.url)
    packs = read_packs(request)
    refuse_other_run(request, packs)
    return packs


@contextlib.contextmanager
def _server(run: LiveRun) -> Iterator[None]:
    run.record.phase = "server"
    timeout_s = max(START_TIMEOUT_S, run.live.server_timeout_ms / 1000)
    with dev_server(run.live.url, run.live.runtime_dir, timeout_s=timeout_s) as is_started:
        run.log.server(run.live.url, is_started=is_started)
        yield


def _sample(run: LiveRun, packs: tuple[SamplePack, ...], tally: Tally, current: list[str]) -> None:
    before = tally.visited_before()
    num_rows = sum(rows for rows, _ in before.values())
    if num_rows:
        run.log.resumed(num_rows, before)
    for pack in packs:
        current[0] = pack.name
        for pair in pack.faults:
            tally.add_fault(pack, pair)
        if not tally.is_done(pack):
            run.log.pack_begins(pack.name, pack.manifest_path.name, len(pack.ids))
            asyncio.run(_visit_all(run, pack, tally))
        if tally.is_out_of_time:
            run.log.out_of_time(run.request.effective_max_hours)
        tally.end_pack(pack)


async def _visit_all(run: LiveRun, pack: SamplePack, tally: Tally) -> None:
    """Lets all pages visit a pack; what one cannot go on with ends the others."""
    pages = [
        asyncio.ensure_future(Visits(run, pack, number, tally).run())
        for number in range(run.live.num_pages)
    ]
    try:
        await asyncio.gather(*pages)
    finally:
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)


@contextlib.contextmanager
def _failing(run: LiveRun, first_pack: str) -> Iterator[list[str]]:
    """Writes an error that ends the block into log and record; yields where its pack is said."""
    current = [first_pack]
    with run.record.failing(lambda: current[0]):
        try:
            yield current
        except BaseException as error:
            with contextlib.suppress(Exception):
                run.log.fatal(error_code(error), str(error) or type(error).__name__)
                run.events.write("fatal")
            raise
