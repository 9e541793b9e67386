"""What is made ready ahead, what is left behind, and what is shed under load: section 16."""

import pytest
from gate.tested_packs import BROKEN, MOVING, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]

COUNT_GL_OBJECTS = """
window.__aliveGlObjects = new Set();
for (const kind of ["Buffer", "Framebuffer", "Program", "Sampler", "Texture", "VertexArray"]) {
  const methods = WebGL2RenderingContext.prototype;
  const create = methods[`create${kind}`], remove = methods[`delete${kind}`];
  methods[`create${kind}`] = function () {
    const made = create.call(this);
    window.__aliveGlObjects.add(made);
    return made;
  };
  methods[`delete${kind}`] = function (made) {
    window.__aliveGlObjects.delete(made);
    return remove.call(this, made);
  };
}
"""


async def test_what_was_made_ready_ahead_is_shown_without_loading(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)
    page = await player(**COUPLED, coupledPick="weighted", coupledGamma=1)
    await page.until(
        "window.__nw_verify.getPresetSwitchReports().length === 1 && performance.now() > 0"
    )
    while not page.lines("[info] [Preload] batch done in "):
        await page.page.wait_for_timeout(50)
    assert page.lines("[info] [Preload] batchSize 2")
    fetched = len([path for path in page.requests if path.startswith("/converted/")])
    seen = await page.next()
    assert seen["projectm"]["presetLoadLast"]["cache"] == "prefetched"
    assert len([path for path in page.requests if path.startswith("/converted/")]) == fetched
    report = await page.hook("getLastPresetSwitchReport()")
    assert report["cache"] == "prefetched"
    assert report["presetIds"] == seen["state"]["presetIds"]
    await page.hook("clearPresetSwitchReports()")
    assert await page.hook("getPresetSwitchReports()") == []


async def test_a_pair_that_goes_takes_its_gl_objects_along(player, tmp_path):
    write_pack(tmp_path, [MOVING, BROKEN, MOVING, MOVING], SCORES)
    page = await player(init=COUNT_GL_OBJECTS, **COUPLED, coupledPick="shuffle", **ALONE)
    await page.started()
    counts, shown = [], []
    for _ in range(6):
        shown.append((await page.next())["ok"])
        counts.append(await page.call("() => window.__aliveGlObjects.size"))
    assert set(shown) == {True, False}
    assert min(counts) > 20
    assert len(set(counts)) == 1, counts


async def test_load_is_shed_under_pressure_and_taken_up_again(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED, **ALONE)
    await page.next()
    await page.hook("setPerformanceQualityLevel('high')")
    await page.hook("triggerPresetLoadPressure(300)")
    during = await page.hook("getPerfCaps()")
    assert 0 < during["presetLoadPressureMsLeft"] <= 8000
    assert (during["audioAnalysisFpsCap"], during["beatTempoFpsCap"]) == (30, 10)
    assert during["pmAudioFeedIntervalMs"] == {"fg": 70, "bg": 120}
    assert during["pmAudioCadenceMode"] == "low"
    assert during["audioDrivePreset"] == "balanced"
    assert during["audioControls"] == {
        "enabled": True,
        "mixToMacros": 0.86,
        "attackMs": 100,
        "releaseMs": 620,
        "maxDeltaPerSec": 2.4,
    }
    await page.until("window.__nw_verify.getPerfCaps().presetLoadPressureMsLeft <= 0")
    stats = await page.hook("getPerformanceBudgetStats()")
    assert stats["currentLevel"] == "high"
    assert stats["currentBudget"]["targetFrameMs"] == 16
    assert stats["historySize"] <= 30
    assert await page.hook("setPerformanceQualityLevel('best')") is False
    assert await page.hook("getFrameTimeP95Ms()") > 0
    profile = await page.hook("getCompositorProfile()")
    assert profile["size"] == {"width": 96, "height": 54}
