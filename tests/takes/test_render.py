"""Presets that cannot be drawn, in a real browser: each fault has its name, and its price."""

import contextlib
import json
from dataclasses import replace

import numpy as np
import pytest
import pytest_asyncio

from aivj.audio.click import click_track
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.stage.thumbnails import luma, picture_luma
from aivj.storage import sha256_hex
from aivj.takes import render as render_module
from aivj.takes.compose import compose
from aivj.takes.proof import refuse_disagreement
from aivj.takes.reactivity import Heard
from aivj.takes.render import Kept, ProofJob, TakeJob, TakePlan, TakeWorker, planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf

pytestmark = pytest.mark.asyncio(loop_scope="module")

TINY = RenderSettings(width=64, height=36, warmup_frames=2, measure_frames=4)


@pytest.fixture(scope="module")
def plan(software_renderer, tmp_path_factory):
    return plan_of(software_renderer, TINY, tmp_path_factory.mktemp("takes"))


def plan_of(choice, settings, folder):
    clips = {"0": planar_clip(click_track(), settings)}
    shelf = TakeShelf.open(folder, settings, clips, choice.report.renderer_class)
    return TakePlan(
        launch=choice.plan,
        policy="software",
        expected=choice.report,
        settings=settings,
        clips=clips,
        places=shelf.places,
    )


@contextlib.asynccontextmanager
async def opened(plan):
    worker = TakeWorker(plan)
    try:
        await worker.open()
        yield worker
    finally:
        await worker.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(plan):
    """One for all tests that leave it fit for the next pair."""
    async with opened(plan) as worker:
        yield worker


@pytest_asyncio.fixture(loop_scope="module")
async def own_worker(plan):
    async with opened(plan) as worker:
        yield worker


def preset(**changes):
    disabled = {"baseVals": {"enabled": 0}}
    plain = {
        "version": 2,
        "baseVals": {"wave_mode": 2, "decay": 0.9},
        "waves": [disabled] * 4,
        "shapes": [disabled] * 4,
        "init_eqs_eel": "",
        "frame_eqs_eel": "wave_r = 0.5 + 0.5*sin(time*9);",
        "pixel_eqs_eel": "",
        "warp": "",
        "comp": "",
    }
    return json.dumps(plain | changes)


def job(**changes):
    text = preset(**changes)
    return TakeJob("0", sha256_hex(text.encode()), text)


class InHand:
    """A writer that keeps what it is given: a store has each preset but once."""

    def __init__(self):
        self.takes = []

    def add(self, take):
        self.takes.append(take)

    def flush(self):
        pass

    def close(self):
        pass


async def drawn(worker, item):
    """Draws a preset, whether or not it was drawn before."""
    hand = worker._writers["0"] = InHand()
    assert isinstance(await worker.run(item, 20), Kept)
    (take,) = hand.takes
    return take.outcome


async def test_a_plain_preset_is_measured_and_pictured(worker):
    result = await drawn(worker, job())

    assert luma(result.cells.music).mean() > 0
    assert np.ptp(luma(result.cells.music).mean(axis=(1, 2))) > 0
    shown = [picture_luma(picture) for picture in result.pictures]
    measured = [luma(result.cells.music[at]).mean() for at in (1, 3, 4)]
    assert shown == pytest.approx(measured, abs=0.02)
    assert (result.num_page_errors, result.num_console_errors) == (0, 0)


async def test_a_pair_drawn_whole_is_what_its_takes_say(worker):
    framed = {"baseVals": {"wave_mode": 2, "ob_size": 0.3, "ob_g": 0.5, "ob_a": 1}}
    first, second = job(), job(**framed, frame_eqs_eel="wave_g = 0.2 + rand(100)/200;")
    takes = [(await drawn(worker, item)).cells for item in (first, second)]

    pair = await worker.run(ProofJob("both", first, second), 20)

    assert (pair.music.foreground == takes[0].music).all()
    assert (pair.silence.background == takes[1].silence).all()
    heard = Heard.of(worker._plan.clips["0"], TINY)
    refuse_disagreement("both", pair, tuple(takes), TINY, heard)
    with pytest.raises(RunError, match="foreground of both"):
        refuse_disagreement("both", pair, (takes[1], takes[0]), TINY, heard)
    black = compose(*takes)
    dark = replace(black, music=replace(pair.music, composite=pair.music.composite // 2))
    with pytest.raises(RunError, match="composite_avg_luma of both"):
        refuse_disagreement("both", dark, tuple(takes), TINY, heard)


# Shows the preset, and gives the picture of what it shows nothing of.
BLACK_PICTURE = """async text => {
  const reply = await window.__aivj_stage.renderTake(JSON.parse(text));
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  canvas.getContext("2d").fillRect(0, 0, 64, 36);
  reply.reading.pictures[2] = %s;
  return JSON.stringify(reply);
}"""


@pytest.mark.parametrize(
    "picture", ['canvas.toDataURL("image/webp").split(",")[1]', 'btoa("RIFF, but no picture")']
)
async def test_a_picture_of_something_else_is_a_fault_of_the_worker(worker, monkeypatch, picture):
    monkeypatch.setattr(render_module, "_script", lambda _: BLACK_PICTURE % picture)

    with pytest.raises(WorkerLostError) as caught:
        await worker.run(job(baseVals={"wave_mode": 2, "ob_size": 0.5, "ob_r": 1, "ob_a": 1}), 20)

    assert caught.value.kind == "other-picture"


async def test_a_wide_picture_is_measured_to_its_edges(software_renderer, tmp_path):
    wide = replace(TINY, width=640, height=360)
    async with opened(plan_of(software_renderer, wide, tmp_path)) as worker:
        result = await drawn(worker, job())

    measured = luma(result.cells.music[-1]).mean()
    assert picture_luma(result.pictures[-1]) == pytest.approx(measured, abs=0.01)


async def test_a_broken_preset_fails_alone(worker):
    with pytest.raises(ItemError) as caught:
        await worker.run(job(frame_eqs_eel="wave_r = (1 + ;"), 20)
    assert caught.value.kind == "bad-equation"
    assert not isinstance(caught.value, WorkerLostError)

    assert luma((await drawn(worker, job())).cells.music).mean() > 0


UNLINKED = {"comp": "shader_body { ret = no_such_function(uv); }"}


async def test_a_shader_that_does_not_link_is_left_out_and_told(worker):
    broken = await drawn(worker, job(**UNLINKED))
    plain = await drawn(worker, job())

    (reason,) = broken.degraded
    assert reason.startswith("comp shader: link: ")
    assert "no_such_function" in reason
    assert (broken.cells.music == plain.cells.music).mean() > 0.9
    assert plain.degraded == ()


async def test_a_pair_drawn_whole_does_without_the_shader_that_its_take_does_without(worker):
    first, second = job(**UNLINKED), job()
    takes = [(await drawn(worker, item)).cells for item in (first, second)]

    pair = await worker.run(ProofJob("both", first, second), 20)

    heard = Heard.of(worker._plan.clips["0"], TINY)
    refuse_disagreement("both", pair, tuple(takes), TINY, heard)


async def test_a_page_that_hangs_loses_its_browser_in_time(own_worker, monkeypatch):
    monkeypatch.setattr(render_module, "_script", lambda _: "text => { for (;;) {} }")

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(job(), 2)
    assert caught.value.kind == "hung-page"


async def test_loops_in_loops_end_with_their_frame(worker):
    endless = "loop(1048576, loop(1048576, loop(1048576, n += 1))); wave_r = n > 3000000;"
    measured = await drawn(worker, job(frame_eqs_eel=endless))
    assert luma(measured.cells.music).mean() > 0
    assert measured.degraded


async def test_a_lost_context_is_no_measurement(worker, monkeypatch):
    losing = """text => {
      const draw = WebGL2RenderingContext.prototype.readPixels;
      WebGL2RenderingContext.prototype.readPixels = function (...args) {
        draw.apply(this, args);
        this.getExtension("WEBGL_lose_context")?.loseContext();
      };
      return window.__aivj_stage.renderTake(JSON.parse(text)).then(JSON.stringify);
    }"""
    monkeypatch.setattr(render_module, "_script", lambda _: losing)

    with pytest.raises(WorkerLostError) as caught:
        await worker.run(job(), 20)
    assert caught.value.kind == "context-lost"


RENDER = "window.__aivj_stage.renderTake(JSON.parse(text)).then(JSON.stringify)"


@pytest.mark.parametrize(
    "script",
    [
        f"async (text) => {{ await window.killGpu(); return {RENDER}; }}",
        f"(text) => {RENDER}.then(async (reply) => {{ await window.killGpu(); return reply; }})",
    ],
    ids=["before-it-is-drawn", "after-it-is-drawn"],
)
async def test_a_pair_is_no_measurement_if_the_gpu_process_died_meanwhile(
    own_worker, monkeypatch, script
):
    def kill_gpu():
        for process in own_worker._browser._gpu_processes:
            process.kill()
            process.wait()

    await own_worker.run(job(), 20)
    await own_worker._browser._tab._page.expose_function("killGpu", kill_gpu)
    monkeypatch.setattr(render_module, "_script", lambda _: script)

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(job(), 20)
    assert caught.value.kind == "gpu-crash"


async def documents_of(worker, jobs):
    """Runs the jobs and tells for each whether it began a document, besides its frames."""
    seen = []
    for one in jobs:
        with contextlib.suppress(ItemError):
            cells = (await drawn(worker, one)).cells
            seen.append((worker._num_in_document == 1, cells.music.tobytes()))
    return seen


async def test_a_document_is_kept_for_its_share_of_presets_and_none_shows_in_another(
    own_worker, monkeypatch
):
    plain, other = job(), job(frame_eqs_eel="wave_g = rand(100)/100; zoom = 1.1;")
    jobs = [plain, other, plain] * 2
    in_kept = await documents_of(own_worker, jobs)
    renewing = TakeWorker(replace(own_worker._plan, reload_every=2))
    monkeypatch.setattr(own_worker, "_reload_every", renewing._reload_every)
    in_renewed = await documents_of(own_worker, jobs)

    # The self-test has begun the first document, with two presets.
    assert [is_first for is_first, _ in in_kept] == [False] * 6
    assert [is_first for is_first, _ in in_renewed] == [True, False] * 3
    assert [frames for _, frames in in_kept] == [frames for _, frames in in_renewed]
    assert in_kept[0][1] != in_kept[1][1]


async def test_what_a_failed_preset_leaves_behind_goes_with_its_document(worker):
    broken = job(frame_eqs_eel="wave_r = (1 + ;")
    await drawn(worker, job())  # goes on with its document, or begins one

    seen = await documents_of(worker, [job(), broken, job()])

    assert [is_first for is_first, _ in seen] == [False, True]
    assert seen[0][1] == seen[1][1]


async def test_a_browser_above_its_limit_is_worn_and_what_its_worker_holds_is_kept(
    software_renderer, tmp_path
):
    plan = replace(plan_of(software_renderer, TINY, tmp_path), memory_limit_bytes=10**6)
    jobs = [job(zoom=number) for number in range(3)]
    async with opened(plan) as worker:
        for one in jobs:
            await worker.run(one, 20)
        assert "memory" in worker.worn()

    assert plan.places["0"].open().contents() == sorted(one.content for one in jobs)


async def test_a_browser_below_its_limit_is_not(worker):
    assert worker.worn() is None


async def test_another_renderer_than_the_proved_one_is_refused(plan):
    other = replace(plan.expected, renderer="ANGLE (Mesa, llvmpipe (LLVM 99), OpenGL)")
    with pytest.raises(RunError, match="LLVM 99"):
        async with opened(replace(plan, expected=other)):
            pass
