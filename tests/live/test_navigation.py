import pytest
from gate.tested_packs import MOVING, write_pack
from live.fake_runtime import fake_runtime

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import launch_plan
from aivj.browser.renderer import RendererReport
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import PageTimeoutError, WorkerLostError
from aivj.live import navigation
from aivj.live.live_log import LiveLog
from aivj.live.music import read_music
from aivj.live.navigation import Navigation
from aivj.live.new_record import new_live_record
from aivj.live.settings import LiveSettings
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.record import RunRecord
from aivj.sampling.packs import read_packs
from aivj.sampling.request import SampleRequest

REPORT = RendererReport("Mesa", "llvmpipe", "", "156")
CHOICE = RendererChoice(launch_plan("software-egl"), "software", REPORT, ())


class FakePage:
    """Loads what `loads` says, and keeps what it was asked for."""

    def __init__(self, loads):
        self.loads = loads
        self.asked = []
        self.pictures = []

    async def goto(self, url, _timeout_s):
        self.asked.append(url.partition("?")[0])
        error = self.loads(url, len(self.asked))
        if error is not None:
            raise error

    async def screenshot(self, path, _timeout_s):
        self.pictures.append(path.name)
        raise TimeoutError("it shows nothing yet")


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Opens a page that behaves as it is told; what it was asked for, the log and the record."""
    monkeypatch.setattr(navigation, "_PAUSE_S", 0)
    write_pack(tmp_path, [MOVING], [0.5])

    async def run(loads):
        request = SampleRequest(("tested",), tmp_path, tmp_path / "run")
        directory = RunDirectory(request.out_dir)
        directory.path.mkdir()
        live = LiveSettings("http://127.0.0.1:1/")
        meta = new_live_record(
            request, live, read_packs(request), read_music("none"), CHOICE, Clock()
        )
        record, log = RunRecord(directory, meta, Clock()), LiveLog(directory.log_path)
        page = FakePage(loads)
        try:
            with fake_runtime(tmp_path) as address:
                navigation = Navigation(log, record, live, "tested", directory.path)
                await navigation.open(page, f"{address}?coupled=1")
        finally:
            log.close()
            record.finish()
        timing = read_run_meta(directory.meta_path).timing
        return page, directory.log_path.read_text(), timing

    return run


async def test_a_page_that_loads_is_asked_once(opened):
    page, log, timing = await opened(lambda *_: None)

    assert len(page.asked) == 1
    assert "preflight:ok" in log
    assert "goto:ok" in log
    assert (timing.host_fallback_attempted, timing.effective_host) == (None, page.asked[0])


async def test_it_is_tried_again(opened):
    page, log, timing = await opened(lambda _, number: TimeoutError("slow") if number < 3 else None)

    assert len(page.asked) == 3
    assert "goto:warn2 slow" in log
    assert timing.nav_timeout_count == 2
    assert page.pictures == ["nav_fail_try1.png", "nav_fail_try2.png"]


async def test_the_other_name_of_this_machine_may_do_better(opened):
    lost = WorkerLostError.because("page-load", "refused")

    page, log, timing = await opened(lambda url, _: lost if "127.0.0.1" in url else None)

    assert len(page.asked) == 5
    assert page.asked[-1].startswith("http://localhost:")
    assert "goto:host-fallback host=http://localhost:" in log
    assert timing.host_fallback_succeeded


async def test_a_page_that_never_loads(opened):
    with pytest.raises(PageTimeoutError, match="did not load"):
        await opened(lambda *_: TimeoutError("slow"))


async def test_a_browser_that_dies_is_not_asked_again(opened):
    lost = WorkerLostError.because("browser-crash", "gone")

    with pytest.raises(WorkerLostError, match="gone"):
        await opened(lambda *_: lost)
