"""The player's page contract, held to in a real browser: section 21."""

import json

import pytest
from gate.tested_packs import BROKEN, MOVING, STILL, TRAP, TRAPPING, write_pack
from stage.player_page import ALONE, COUPLED, storing

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]

DOM_IDS = """
viz-canvas canvas preset-next preset-auto-toggle preset-auto-interval preset-status preset-select
preset-library-select audio-file audio-volume audio-toggle audio-status auto-techno-toggle
techno-profile-select audio-drive-preset visual-random visual-favorite visual-favorite-count toolbar
toolbar-toggle toolbar-body bg-type-select favorites-panel diagnostics-panel
decision-topology-overlay audio-mixxx-connect inspector-panel
"""

ORDER = {"v": 0, "pack": "tested", "len": 2, "pos": 0, "order": [0, 1], "updatedAt": 1}
ORDERED = storing({"nw.coupledPairs.shuffleState.v0": json.dumps(ORDER)})

# While a page says so, its GPU never is done with what was drawn.
SLOW_GPU = """
window.gpuIsSlow = false;
const { getSyncParameter } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.getSyncParameter = function (sync, name) {
  return window.gpuIsSlow ? this.UNSIGNALED : getSyncParameter.call(this, sync, name);
};
"""
ASK_WITH_SLOW_GPU = """() => {
  window.gpuIsSlow = true;
  window.asked = window.__nw_verify.actions.coupledNext("test");
}"""
DRAWN_WHILE_SLOW = """(({ presetLoadLast, framesRendered, avgLuma }) => {
  if (presetLoadLast.outcome !== "ok" || avgLuma !== undefined) return false;
  window.drawnFrom ??= framesRendered;
  return framesRendered > window.drawnFrom + 5;
})(window.__projectm_verify)"""

SET_DEPTH = """([mode, strength]) => {
  const set = (id, event, value) => {
    const control = document.getElementById(id);
    control.value = value;
    control.dispatchEvent(new Event(event));
  };
  set("coupling3d-mode", "change", mode);
  set("coupling3d-strength", "input", strength);
}"""


async def test_next_shows_a_pair_and_tells_programs_of_it(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)
    page = await player(**COUPLED, coupledPick="weighted", coupledGamma=4)
    seen = [await page.next(), await page.next()]
    assert page.errors == []
    for each in seen:
        coupled = each["state"]["coupled"]
        pair = coupled["lastPick"]["pair"]
        assert each["ok"]
        assert coupled["enabled"] is True
        assert coupled["pack"] == "tested"
        assert coupled["pickMode"] == "weighted"
        assert coupled["lastPick"]["quality01"] == SCORES[pair // 3]
        assert coupled["manifest"]["scoredPairs"] == 4
        ids = {layer: f"coupled:tested:{pair}:{layer}" for layer in ("fg", "bg")}
        assert each["state"]["presetIds"] == ids
        assert each["projectm"]["presetIdFg"] == ids["fg"]
        assert each["projectm"]["presetIdBg"] == ids["bg"]
        assert each["state"]["projectmVerify"]["initialized"]
        assert not each["state"]["projectmVerify"]["aborted"]
        assert each["status"] == f"Coupled pair: {pair}"
        assert each["detail"].startswith(f"quality {SCORES[pair // 3]:.3f} · weighted by score")
        assert not each["disabled"]
        assert each["debug"]["error"] is None
        assert each["debug"]["lastPick"] == coupled["lastPick"]
        line = f"[info] [sel] mode=weighted pack=tested pair={pair} q={SCORES[pair // 3]} "
        assert f"{line}presetId={ids['fg']} reason=test" in page.console
    first, second = (each["state"]["coupled"]["lastPick"]["timeMs"] for each in seen)
    assert first < second


async def test_what_programs_rely_on_is_there(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(**COUPLED)
    await page.until("window.__projectm_verify.avgLumaSampleCount >= 3")
    missing = "(ids) => ids.trim().split(/\\s+/).filter((id) => !document.getElementById(id))"
    assert await page.call(missing, DOM_IDS) == []
    read = "(id) => (({ value, min, max }) => [value, min, max])(document.getElementById(id))"
    assert await page.call(read, "preset-auto-interval") == ["90", "15", "600"]
    await page.until("document.getElementById('preset-library-select').value === 'tested'")
    options = "() => [...document.getElementById('preset-select').options].map((o) => o.value)"
    assert await page.call(options) == ["0", "3"]

    projectm = (await page.seen())["projectm"]
    assert 0.1 < projectm["avgLuma"] < 0.9
    for name in ("avgLuma", "avgColorR", "avgColorG", "avgColorB"):
        assert projectm[name] == projectm["perPm"]["fg"][name]
        assert 0 < projectm["perPm"]["bg"][name] < 1
    for layer in projectm["perPm"].values():
        assert layer["avgLumaDownsampleSize"] == 8
        assert layer["avgLumaIntervalMs"] == 500
        assert layer["audioFeedIntervalMs"] in {33, 50, 70, 55, 80, 120}
    await page.until("window.__projectm_verify.lastAudioRms >= 0.0005")
    assert projectm["lastAudioPeak"] >= projectm["lastAudioRms"]
    assert 0.8 <= projectm["lastAudioGain"] <= 5.5
    assert projectm["lastAudioSamplesPerChannel"] == 512
    assert projectm["lastAudioCopyOk"] is True
    loaded = projectm["presetLoadLast"]
    assert loaded["outcome"] == "ok"
    assert loaded["url"].startswith("/presets/tested/fg/")
    assert loaded["totalMs"] >= loaded["fetchMs"] > 0
    assert loaded["applyToFirstFrameMs"] > 0


async def test_pictures_can_be_read_at_any_time(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED, **ALONE)
    await page.until("window.__projectm_verify.avgLumaSampleCount >= 1")
    brightest = """async (id) => {
      const small = new OffscreenCanvas(12, 12).getContext("2d");
      await new Promise((resolve) => setTimeout(resolve, 50));
      small.drawImage(document.getElementById(id), 0, 0, 12, 12);
      return Math.max(...small.getImageData(0, 0, 12, 12).data.filter((_, at) => at % 4 < 3));
    }"""
    assert await page.call(brightest, "viz-canvas") > 30
    assert await page.call(brightest, "canvas") > 30


async def test_a_preset_that_fails_is_told_and_the_pair_before_stays(player, tmp_path):
    write_pack(tmp_path, [MOVING, BROKEN, MOVING, BROKEN], SCORES)
    page = await player(**COUPLED, coupledPick="shuffle")
    seen = [await page.next() for _ in range(4)]
    assert page.errors == []
    assert sorted(each["ok"] for each in seen) == [False, False, True, True]
    shown = [each["state"]["coupled"]["lastPick"] for each in seen]
    for number, each in enumerate(seen):
        if each["ok"]:
            assert each["notice"] == ""
            continue
        assert each["status"].startswith("Coupled pair ")
        assert " failed: foreground: " in each["status"]
        assert each["status"] in each["notice"]
        assert each["debug"]["error"] == "cycleToNextCoupledPair:exception"
        if number > 0:
            assert shown[number] == shown[number - 1]


async def test_a_pair_that_stops_by_itself_is_told_and_next_goes_on(player, tmp_path):
    later = TRAPPING.replace(b"frame, 4", b"frame, 60")
    assert later != TRAPPING
    write_pack(tmp_path, [MOVING, later], [0.2, 0.9])
    page = await player(init=TRAP + ORDERED, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    await page.call("() => document.getElementById('preset-auto-toggle').click()")
    assert (await page.next())["state"]["coupled"]["lastPick"]["pair"] == 3
    await page.until("window.__projectm_verify.aborted")
    stopped = await page.seen()
    assert stopped["status"] == f"Coupled pair stopped: {stopped['projectm']['abortReason']}"
    assert "the foreground broke" in stopped["notice"]
    following = await page.next()
    assert following["status"] == "Coupled pair: 0"
    assert not following["projectm"]["aborted"]
    assert page.errors == []


async def test_a_pick_is_announced_with_its_first_frame(player, tmp_path):
    bright = STILL.replace(b"0.4, 0.2, 0.1", b"0.9, 0.9, 0.9")
    write_pack(tmp_path, [STILL, bright], [0.2, 0.9])
    page = await player(init=SLOW_GPU + ORDERED, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    before = await page.seen()
    assert before["projectm"]["avgLuma"] < 0.3
    await page.call(ASK_WITH_SLOW_GPU)
    await page.until(DRAWN_WHILE_SLOW)

    meanwhile = await page.seen()
    assert meanwhile["status"] == "Coupled (shuffle) loading pair 3 ..."
    assert meanwhile["state"]["coupled"] == before["state"]["coupled"]
    assert meanwhile["state"]["presetIds"] == before["state"]["presetIds"]
    assert meanwhile["debug"]["finishedAt"] is None
    # Absent, for who reads null as a number reads black.
    projectm = meanwhile["projectm"]
    for figures in (projectm, *projectm["perPm"].values()):
        assert not {"avgLuma", "avgColorR", "avgColorG", "avgColorB"} & set(figures)

    await page.call("() => { window.gpuIsSlow = false; }")
    assert await page.call("() => window.asked") is True
    after = await page.seen()
    assert after["status"] == "Coupled pair: 3"
    assert after["state"]["coupled"]["lastPick"]["pair"] == 3
    assert after["projectm"]["avgLuma"] == pytest.approx(0.9, abs=0.02)
    assert page.errors == []


async def test_a_pair_that_breaks_before_its_first_frame_leaves_the_one_before(player, tmp_path):
    write_pack(tmp_path, [STILL, TRAPPING], [0.2, 0.9])
    page = await player(init=TRAP + SLOW_GPU + ORDERED, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    before = await page.seen()
    await page.call(ASK_WITH_SLOW_GPU)
    assert await page.call("() => window.asked") is False
    await page.call("() => { window.gpuIsSlow = false; }")
    await page.until("window.__projectm_verify.avgLuma !== undefined")

    after = await page.seen()
    assert after["status"].startswith("Coupled pair 3 failed: foreground: ")
    assert after["debug"]["error"] == "cycleToNextCoupledPair:exception"
    assert after["state"]["coupled"] == before["state"]["coupled"]
    assert after["state"]["presetIds"] == before["state"]["presetIds"]
    assert not after["projectm"]["aborted"]
    assert after["projectm"]["avgLuma"] == pytest.approx(before["projectm"]["avgLuma"], abs=0.01)
    assert page.errors == []


@pytest.mark.parametrize("name", ["missing", "tested"])
async def test_without_a_usable_pack_nothing_is_ready(player, tmp_path, name):
    pack = write_pack(tmp_path, [MOVING], [0.5])
    pack.manifest.write_text('{"pack": "other", "pairs": [{"pair": 1}]}')
    page = await player(coupled=1, coupledPack=name)
    each = await page.next()
    assert page.errors == []
    assert not each["ok"]
    assert each["status"] == "Coupled pairs not ready"
    assert each["state"]["coupled"]["lastPick"] is None
    assert each["debug"]["error"] == "cycleToNextCoupledPair:not-ready"
    assert name in each["notice"]


async def test_what_programs_set_before_the_page_loaded_stays(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    init = (
        "window.__nw_verify = { forcePresetGateOpen: true, disableAutoAudio: true, mine: 7 };"
        + storing({"presetLibrarySource": "run3-crashsafe-15000"})
    )
    page = await player(init=init, **COUPLED)
    await page.next()
    assert await page.hook("mine") == 7
    assert await page.hook("forcePresetGateOpen") is True
    # Nothing is heard that nobody chose.
    assert (await page.seen())["projectm"]["lastAudioRms"] == 0
    assert await page.hook("lastRandomIds") == {"fg": "fg:unknown", "bg": "bg:unknown", "n": 0}


async def test_depth_changes_the_picture_and_no_strength_does_not(player, tmp_path):
    still = MOVING.replace(b"time + uv.x", b"6.0 * uv.x * uv.y")
    assert still != MOVING
    write_pack(tmp_path, [still], [0.5])
    parameters = {"coupling3d": "on", "coupling3dStrength": 2, "coupling3dHud": 1}
    page = await player(**COUPLED, **parameters, **ALONE, demoMusic="off")
    await page.until("document.getElementById('coupling3d-hud').textContent.includes('strength 2')")
    pictures = {}
    for mode, strength in [("on", 2), ("on", 0), ("debug", 1), ("off", 1)]:
        await page.call(SET_DEPTH, [mode, strength])
        await page.next()
        depth = await page.hook("getCompositorProfile().coupling3d")
        assert (depth["mode"], depth["strength"]) == (mode, strength)
        picture = "() => document.getElementById('viz-canvas').toDataURL()"
        pictures[mode, strength] = await page.call(picture)
    assert pictures["on", 0] == pictures["off", 1]
    assert len(set(pictures.values())) == 3
