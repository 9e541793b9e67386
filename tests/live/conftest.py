"""A run against the fake runtime, or against our own player, and what it left behind."""

import asyncio
import threading
import time
from dataclasses import dataclass, replace

import pytest
from gate.tested_packs import MOVING, write_pack
from live.fake_runtime import fake_runtime

import aivj.live.run
import aivj.live.visits
from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.session import BrowserSession
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import AivjError
from aivj.live.music import read_music
from aivj.live.run import sample_live
from aivj.live.settings import LiveSettings
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.sampling.request import SampleRequest
from aivj.stage.conversion import PresetConverter
from aivj.stage.server import StageServer

# As short as a busy machine allows where nothing is to happen in time; what must happen has longer.
QUICK = LiveSettings(
    url="",
    width=160,
    height=120,
    device_scale_factor=1,
    interval_ms=50,
    warmup_samples=1,
    measure_samples=3,
    pick_timeout_ms=5000,
    stuck_max_restarts=1,
    browser_max_restarts=2,
    goto_timeout_ms=60_000,
    server_timeout_ms=60_000,
    audio_timeout_ms=60_000,
    audio_tries=1,
    settle_timeout_ms=2000,
    self_test_timeout_ms=2000,
)


LEGAL = replace(QUICK, width=640, height=480)
"""As small as a page may be by the rules for runs."""


@dataclass
class Ran:
    """What a run left behind."""

    error: AivjError | None
    directory: RunDirectory
    rows: list
    failures: list
    meta: object
    log: str

    @property
    def pairs(self):
        return [row.pair for row in self.rows]


def ended(ran, code, phase):
    """Asserts how a run ended, wherever that is told, and returns its error."""
    assert ran.meta.error is not None
    assert (ran.meta.error.code, ran.meta.error.phase) == (code, phase), ran.meta.error.message
    assert ran.meta.finished_at is not None
    assert f"[eval] FATAL {code}" in ran.log
    assert (ran.directory.path / "playwright-events-fatal.log").exists()
    return ran.error


def run_live(tmp_path, url, choice, *, live=QUICK, music="click", rows_in_time=None, **asked):
    """Runs, and lets ten years pass after so many rows."""
    passed_s = [0.0]

    def on_progress(progress):
        if progress.num_rows == rows_in_time:
            passed_s[0] = 3e8

    clock = Clock(monotonic_s=lambda: time.monotonic() + passed_s[0])
    request = SampleRequest(
        ("tested",),
        tmp_path / "public",
        tmp_path / "2026-01-01_000000",
        **{"target_coverage": 1.0, **asked},
    )
    directory = RunDirectory(request.out_dir)
    live = replace(live, url=url)
    error = None
    try:
        sample_live(
            request,
            live,
            music=read_music(music),
            choice=choice,
            on_progress=on_progress,
            clock=clock,
        )
    except AivjError as ended:
        error = ended
    meta = read_run_meta(directory.meta_path)
    log = directory.log_path.read_text()
    return Ran(error, directory, directory.rows(), directory.failures(), meta, log)


class KeptBrowser:
    """One browser for many runs: to start one takes most of what a short run takes.

    It lives in a loop of its own, which the runs use too.
    """

    def __init__(self, choice):
        self._runner = asyncio.Runner()
        self._session = BrowserSession(choice.plan, "auto")
        self._report = self._runner.run(self._session.open())
        self.run = self._runner.run

    def __getattr__(self, name):
        return getattr(asyncio, name)

    def close(self):
        self._runner.run(self._session.close())
        self._runner.close()

    def lent(self, _plan, _policy):
        """Stands in for a session of a run's own: what a run opened is closed with it."""
        return _Lent(self._session, self._report)


class _Lent:
    def __init__(self, session, report):
        self._session, self._report = session, report
        self._pages = []

    async def open(self):
        return self._report

    async def open_page(self, setup, on_event):
        page = await self._session.open_page(setup, on_event)
        self._pages.append(page)
        return page

    async def close(self):
        for page in self._pages:
            await page._page.context.close()
        self._pages.clear()

    def __getattr__(self, name):
        return getattr(self._session, name)


@pytest.fixture(scope="module")
def kept_browser(software_renderer):
    browser = KeptBrowser(software_renderer)
    yield browser
    browser.close()


@pytest.fixture
def fake(fake_own_browser, kept_browser, monkeypatch):
    """Runs against the fake: `fake(fault=..., live=..., ...)`."""
    monkeypatch.setattr(aivj.live.run, "asyncio", kept_browser)
    monkeypatch.setattr(aivj.live.visits, "BrowserSession", kept_browser.lent)
    return fake_own_browser


@pytest.fixture
def fake_own_browser(tmp_path, software_renderer):
    """Runs as `fake` does, with browsers of its own, which may end."""
    write_pack(tmp_path / "public", [MOVING] * 3, [0.2, 0.5, 0.8])

    def run(
        fault="",
        *,
        after=2,
        live=QUICK,
        choice=software_renderer,
        on_crash=lambda: None,
        page="",
        # Whether it is heard takes seconds to tell.
        music="none",
        **asked,
    ):
        with fake_runtime(tmp_path / "public", on_crash) as address:
            url = f"{address}?fault={fault}&after={after}&lumaMs=50&{page}"
            return run_live(tmp_path, url, choice, live=live, music=music, **asked)

    return run


@pytest.fixture(scope="session")
def live_converter(tmp_path_factory):
    with PresetConverter(tmp_path_factory.mktemp("conversion")) as converter:
        yield converter


@pytest.fixture
def player_url(tmp_path, live_converter):
    """The address of our own player on a pack of five pairs."""
    write_pack(tmp_path / "public", [MOVING] * 5, [0.1, 0.3, 0.5, 0.7, 0.9])
    clip = groove()
    server = StageServer(
        packs_root=tmp_path / "public",
        clips={"music": time_bytes(clip, clip.num_samples)},
        convert=lambda data: live_converter.convert(data).model_dump_json().encode(),
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    origin = asyncio.run_coroutine_threadsafe(server.open(), loop).result()
    yield f"{origin}/?size=64x36&seed=3"
    asyncio.run_coroutine_threadsafe(server.close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
