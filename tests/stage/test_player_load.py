"""What is made ready ahead, what is left behind, and what is shed under load: section 16."""

import json
import re

import pytest
from gate.tested_packs import BROKEN, MOVING, write_pack
from stage.player_page import ALONE, COUPLED, VIEWPORT, storing

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]
SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"

# Frame, how often music is analysed and its beat looked for, how often presets are given sound,
# how eagerly the next are made ready, and the share of the window that is drawn.
LEVELS = {
    "ultra": (8, 60, 600, 16, 1, 1),
    "high": (16, 60, 900, 33, 0.8, 0.9),
    "medium": (20, 45, 1200, 50, 0.6, 0.7),
    "low": (33, 30, 1500, 67, 0.4, 0.5),
    "minimal": (50, 20, 2000, 100, 0.2, 0.3),
}
LEVEL = """(level) => {
  const { __nw_verify: hooks } = window;
  const known = hooks.setPerformanceQualityLevel(level);
  const { currentLevel, currentBudget } = hooks.getPerformanceBudgetStats();
  return [known, currentLevel, currentBudget, document.getElementById("viz-canvas").width];
}"""
TRIGGER_AND_LOOK = """() => {
  window.__nw_verify.triggerPresetLoadPressure(300);
  return window.__nw_verify.getPerfCaps();
}"""
# As soon as pairs are listed the third is chosen, which does not come until it is let go.
CHOOSE_AND_HOLD = """(() => {
  const fetchNow = window.fetch.bind(window);
  const letGo = new Promise((resolve) => { window.letGo = resolve; });
  window.fetch = async (url, options) => {
    if (String(url).endsWith("/fg/p2.milk")) await letGo;
    return await fetchNow(url, options);
  };
  const choose = () => {
    const presets = document.getElementById("preset-select");
    if (!presets?.querySelector("option[value='6']")) return setTimeout(choose, 20);
    presets.value = "6";
    presets.dispatchEvent(new Event("change"));
  };
  choose();
})();"""

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
    done = await page.told("[info] [Preload] batch done in ")
    assert page.lines("[info] [Preload] batchSize 2")
    assert re.fullmatch(r".* in \d+ms", done)
    frames = page.lines("[debug] [Preload] frame-time ")
    assert frames
    assert all(re.fullmatch(r".* \d+ms", line) for line in frames)
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
    # In one go: it lasts a moment only.
    during = await page.call(TRIGGER_AND_LOOK)
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


async def test_what_fails_ahead_is_told_and_not_tried_again(player, tmp_path):
    write_pack(tmp_path, [MOVING, BROKEN, MOVING], SCORES[:3])
    order = {"v": 0, "pack": "tested", "len": 3, "pos": 0, "order": [0, 1, 2]}
    kept = {SHUFFLE_KEY: json.dumps({**order, "updatedAt": 1, "seededBy": "runtime"})}
    init = storing(kept) + CHOOSE_AND_HOLD
    page = await player(init=init, **COUPLED, coupledPick="shuffle")
    # Then what comes next is made ready soonest.
    await page.hook("setPerformanceQualityLevel('ultra')")
    # Somebody waits for the third pair; meanwhile the second, which is next, is made ready.
    failed = "[info] [Preload] Failed: p1 (foreground: "
    assert (await page.told(failed)).endswith(")")
    assert page.lines("[info] [Preload] Skip") == []
    await page.call("() => window.letGo()")
    await page.told("[info] [Preload] Skip p1")
    assert (await page.seen())["status"] == "Coupled pair: 6"
    assert len(page.lines(failed)) == 1


async def test_the_levels_are_those_that_programs_expect(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED, **ALONE, size="")
    await page.started()
    for level, figures in LEVELS.items():
        names = ("targetFrameMs", "audioFps", "beatMs", "feedMs")
        budget = dict(
            zip((*names, "prefetchAggressiveness", "compositor"), figures, strict=True),
        )
        width = round(VIEWPORT["width"] * budget["compositor"])
        assert await page.call(LEVEL, level) == [True, level, budget, width]
    lines = page.lines("[info] [Preload] aggr=")[-len(LEVELS) :]
    assert [float(line.partition("=")[2]) for line in lines] == [1, 0.8, 0.6, 0.4, 0.2]
