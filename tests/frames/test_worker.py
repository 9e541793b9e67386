"""A worker whose browser is made: what it tries again, and what it believes."""

import base64
import json

import pytest
from frames.test_checking import picture

from aivj.browser.tab import PageReply
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.frames.capture import Capture
from aivj.frames.plan import CapturePlan, Limits
from aivj.frames.worker import FramesJob, FramesWorker, WorkerPlan, _refuse_blind

JOB = FramesJob("a", '{"warp":"shader","comp":""}')


def reply(*levels, reasons=(), mime="image/webp", **changes):
    frames = [{"mime": mime, "b64": base64.b64encode(picture(level)).decode()} for level in levels]
    metrics = {"avgLuma": 0.5, "motion": 0.1} if levels else None
    answer = {"ok": not reasons, "reasons": list(reasons), "metrics": metrics, "frames": frames}
    return json.dumps(answer | changes)


class MadeBrowser:
    """Answers calls one after another, and notes them."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []
        self.died = False

    async def call(self, _url, script, argument, _timeout_s, *, fresh=True):
        answer = self.answers.pop(0)
        self.calls.append((script, argument, fresh))
        if isinstance(answer, Exception):
            raise answer
        return PageReply(answer)

    def gpu_process_died(self):
        return self.died


@pytest.fixture
def worker(software_renderer):
    plan = WorkerPlan(
        launch=software_renderer.plan,
        policy="software",
        expected=software_renderer.report,
        capture=CapturePlan(),
        limits=Limits(),
        retry_times=2,
        refresh_every=3,
    )
    return FramesWorker(plan)


async def run(worker, browser):
    worker._browser = browser
    return await worker.run(JOB, 1.0)


async def test_what_the_machinery_failed_is_tried_again(worker):
    browser = MadeBrowser(
        reply(reasons=["probe-timeout>20000ms"]), reply(reasons=["probe-error"]), reply(9, 8, 7)
    )
    found = await run(worker, browser)
    assert found.pictures == (picture(9), picture(8), picture(7))
    assert [fresh for _, _, fresh in browser.calls] == [True, True, True]


async def test_tries_have_an_end(worker):
    found = await run(worker, MadeBrowser(*[reply(reasons=["probe-error"])] * 3))
    assert found.reasons == ("probe-error",)


async def test_what_the_preset_carries_is_not_tried_again(worker):
    for reason in ("preset-load-failed", "wasm-abort", "quality-filter"):
        browser = MadeBrowser(reply(9, reasons=[reason], errorText="why"))
        found = await run(worker, browser)
        assert (found.reasons, found.error_text, len(browser.calls)) == ((reason,), "why", 1)


async def test_a_shader_that_does_not_link_is_left_out(worker):
    broken = {"warp": "no such function", "comp": None}
    browser = MadeBrowser(reply(reasons=["render-failed"]), broken, reply(9))
    assert (await run(worker, browser)).reasons == ()
    assert json.loads(browser.calls[-1][1])["preset"] == {"warp": "", "comp": ""}
    links = {"warp": None, "comp": None}
    found = await run(worker, MadeBrowser(reply(reasons=["render-failed"]), links))
    assert found.reasons == ("render-failed",)


async def test_documents_are_renewed(worker):
    browser = MadeBrowser(*[reply(9)] * 5)
    for _ in range(5):
        await run(worker, browser)
    assert [fresh for _, _, fresh in browser.calls] == [True, False, False, True, False]


async def test_what_is_no_answer_of_the_page_is_not_believed(worker):
    for answer in (
        "[]",
        "{}",
        reply(9, mime="image/bmp"),
        reply(9, frames=[{"mime": "image/webp", "b64": "no base64!"}]),
        json.dumps({"ok": True, "frames": [{}] * 300}),
    ):
        with pytest.raises(ItemError):
            await run(worker, MadeBrowser(answer))


async def test_a_dead_gpu_is_told_and_a_hung_page_left_to_the_executor(worker):
    browser = MadeBrowser(reply(9))
    browser.died = True
    with pytest.raises(WorkerLostError, match="draws died"):
        await run(worker, browser)
    with pytest.raises(WorkerLostError, match="no answer"):
        await run(worker, MadeBrowser(WorkerLostError.because("hung-page", "no answer")))


def test_a_blind_browser_is_refused():
    good, other, dark = (Capture((picture(level),)) for level in (200, 100, 0))
    _refuse_blind(good, other)
    for first, second in ((good, good), (good, dark), (good, Capture())):
        with pytest.raises(RunError):
            _refuse_blind(first, second)
