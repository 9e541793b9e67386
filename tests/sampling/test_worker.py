"""Presets that cannot be drawn, in a real browser: each fault has its name, and its price."""

import contextlib
import json
from dataclasses import replace

import pytest
import pytest_asyncio

from aivj.audio.click import click_track
from aivj.audio.samples import time_bytes
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.sampling import worker as worker_module
from aivj.sampling.worker import PairJob, PairWorker, PairWorkerPlan
from aivj.stage.thumbnails import picture_luma
from aivj.takes.settings import RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

TINY = RenderSettings(width=64, height=36, warmup_frames=2, measure_frames=4)


@pytest.fixture(scope="module")
def plan(software_renderer):
    return PairWorkerPlan(
        launch=software_renderer.plan,
        policy="software",
        expected=software_renderer.report,
        settings=TINY,
        clips={"0": time_bytes(click_track(), round(TINY.duration_s * 44_100))},
    )


@contextlib.asynccontextmanager
async def opened(plan):
    worker = PairWorker(plan)
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
    return PairJob("made", 7, preset(**changes), preset(), clip="0")


async def test_a_plain_pair_is_measured_and_pictured(worker):
    result = await worker.run(job(), 20)

    assert result.measurement.viz_avg_luma > 0
    assert result.measurement.composite_avg_frame_delta > 0
    assert picture_luma(result.thumbnail) == pytest.approx(result.measurement.last_luma, abs=0.02)
    assert (result.num_page_errors, result.num_console_errors) == (0, 0)


# Shows the pair, and gives the picture of what it shows nothing of.
BLACK_PICTURE = """async text => {
  const reply = await window.__aivj_stage.renderPair(JSON.parse(text));
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  canvas.getContext("2d").fillRect(0, 0, 64, 36);
  reply.reading.thumbnail = %s;
  return JSON.stringify(reply);
}"""


@pytest.mark.parametrize(
    "picture", ['canvas.toDataURL("image/webp").split(",")[1]', 'btoa("RIFF, but no picture")']
)
async def test_a_picture_of_something_else_is_a_fault_of_the_worker(
    own_worker, monkeypatch, picture
):
    monkeypatch.setattr(worker_module, "_SCRIPT", BLACK_PICTURE % picture)

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(
            job(baseVals={"wave_mode": 2, "ob_size": 0.5, "ob_r": 1, "ob_a": 1}), 20
        )

    assert caught.value.kind == "other-picture"


async def test_a_wide_picture_is_measured_to_its_edges(plan):
    wide = replace(plan.settings, width=640, height=360)
    async with opened(replace(plan, settings=wide)) as worker:
        result = await worker.run(job(), 20)

    assert picture_luma(result.thumbnail) == pytest.approx(result.measurement.last_luma, abs=0.01)


FAULTS = {
    "bad-equation": {"frame_eqs_eel": "wave_r = (1 + ;"},
    "shader-link": {"comp": "shader_body { ret = no_such_function(uv); }"},
}


@pytest.mark.parametrize(("kind", "changes"), FAULTS.items())
async def test_a_broken_preset_fails_alone_with_its_layer(worker, kind, changes):
    with pytest.raises(ItemError, match="foreground") as caught:
        await worker.run(job(**changes), 20)
    assert caught.value.kind == kind
    assert not isinstance(caught.value, WorkerLostError)

    swapped = job(**changes)
    with pytest.raises(ItemError, match="background"):
        await worker.run(
            replace(swapped, foreground=swapped.background, background=swapped.foreground), 20
        )

    assert (await worker.run(job(), 20)).measurement.viz_avg_luma > 0


async def test_a_page_that_hangs_loses_its_browser_in_time(own_worker, monkeypatch):
    monkeypatch.setattr(worker_module, "_SCRIPT", "text => { for (;;) {} }")

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(job(), 2)
    assert caught.value.kind == "hung-page"


async def test_loops_in_loops_end_with_their_frame(worker):
    endless = "loop(1048576, loop(1048576, loop(1048576, n += 1))); wave_r = n > 3000000;"
    measured = (await worker.run(job(frame_eqs_eel=endless), 20)).measurement
    assert measured.viz_avg_luma > 0


async def test_a_lost_context_is_no_measurement(own_worker, monkeypatch):
    losing = """text => {
      const draw = WebGL2RenderingContext.prototype.readPixels;
      WebGL2RenderingContext.prototype.readPixels = function (...args) {
        draw.apply(this, args);
        this.getExtension("WEBGL_lose_context")?.loseContext();
      };
      return window.__aivj_stage.renderPair(JSON.parse(text)).then(JSON.stringify);
    }"""
    monkeypatch.setattr(worker_module, "_SCRIPT", losing)

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(job(), 20)
    assert caught.value.kind == "context-lost"


RENDER = "window.__aivj_stage.renderPair(JSON.parse(text)).then(JSON.stringify)"


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
    monkeypatch.setattr(worker_module, "_SCRIPT", script)

    with pytest.raises(WorkerLostError) as caught:
        await own_worker.run(job(), 20)
    assert caught.value.kind == "gpu-crash"


async def documents_of(worker, jobs):
    """Runs the jobs and tells for each whether it began a document, besides what was measured."""
    seen = []
    for one in jobs:
        with contextlib.suppress(ItemError):
            measurement = (await worker.run(one, 20)).measurement
            seen.append((worker._num_in_document == 1, measurement))
    return seen


async def test_a_document_is_kept_for_its_share_of_pairs_and_none_shows_in_another(
    own_worker, plan
):
    jobs = [job(), job(frame_eqs_eel="wave_g = rand(100)/100; zoom = 1.1;"), job()] * 2
    in_kept = await documents_of(own_worker, jobs)
    async with opened(replace(plan, reload_every=2)) as renewed:
        in_renewed = await documents_of(renewed, jobs)

    # The self-test has begun the first document, with two pairs.
    assert [is_first for is_first, _ in in_kept] == [False] * 6
    assert [is_first for is_first, _ in in_renewed] == [True, False] * 3
    assert [measured for _, measured in in_kept] == [measured for _, measured in in_renewed]
    assert in_kept[0][1] == in_kept[2][1] != in_kept[1][1]


async def test_what_a_failed_pair_leaves_behind_goes_with_its_document(worker):
    broken = job(**FAULTS["shader-link"])

    seen = await documents_of(worker, [job(), broken, job()])

    assert [is_first for is_first, _ in seen] == [False, True]
    assert seen[0][1] == seen[1][1]


async def test_a_browser_above_its_limit_is_worn(plan):
    async with opened(replace(plan, memory_limit_bytes=10**6)) as worker:
        assert "memory" in worker.worn()


async def test_a_browser_below_its_limit_is_not(worker):
    assert worker.worn() is None


async def test_another_renderer_than_the_proved_one_is_refused(plan):
    other = replace(plan.expected, renderer="ANGLE (Mesa, llvmpipe (LLVM 99), OpenGL)")
    with pytest.raises(RunError, match="LLVM 99"):
        async with opened(replace(plan, expected=other)):
            pass
