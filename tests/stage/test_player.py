"""The player's contract for coupled pairs, held to in a real browser: sections 1, 2, 16 and 21."""

import json
import shutil
from statistics import mean

import pytest
from gate.tested_packs import BROKEN, MOVING, TRAPPING, write_pack
from stage.player_page import ALONE, COUPLED, storing

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]
SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"

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

DOM_IDS = """
viz-canvas canvas preset-next preset-auto-toggle preset-auto-interval preset-status preset-select
preset-library-select audio-file audio-volume audio-toggle audio-status auto-techno-toggle
techno-profile-select audio-drive-preset visual-random visual-favorite visual-favorite-count toolbar
toolbar-toggle toolbar-body bg-type-select favorites-panel diagnostics-panel
decision-topology-overlay audio-mixxx-connect inspector-panel
"""

SET_DEPTH = """([mode, strength]) => {
  const set = (id, event, value) => {
    const control = document.getElementById(id);
    control.value = value;
    control.dispatchEvent(new Event(event));
  };
  set("coupling3d-mode", "change", mode);
  set("coupling3d-strength", "input", strength);
}"""

SAMPLE = "(request) => window.__nw_verify.sampleCoupledPicks({ reset: true, ...request })"


async def sampled(player, **request):
    await player.call("() => window.__nw_verify.actions.coupledInit('test')")
    reply = await player.call(SAMPLE, {"iterations": 200, **request})
    assert reply["ok"]
    return reply["picks"]


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


async def test_every_id_that_programs_rely_on_is_there(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED)
    await page.started()
    missing = "(ids) => ids.trim().split(/\\s+/).filter((id) => !document.getElementById(id))"
    assert await page.call(missing, DOM_IDS) == []
    value = "(id) => document.getElementById(id).value"
    assert await page.call(value, "preset-auto-interval") == "90"
    bounds = await page.call(
        "() => (({ min, max }) => [min, max])(document.getElementById('preset-auto-interval'))"
    )
    assert bounds == ["15", "600"]
    assert await page.call(value, "preset-library-select") == "tested"
    options = "() => [...document.getElementById('preset-select').options].map((o) => o.value)"
    assert await page.call(options) == ["0"]


async def test_what_is_drawn_and_heard_is_published(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(**COUPLED)
    await page.until("window.__projectm_verify.avgLumaSampleCount >= 3")
    projectm = (await page.seen())["projectm"]
    assert 0.1 < projectm["avgLuma"] < 0.9
    for name in ("avgLuma", "avgColorR", "avgColorG", "avgColorB"):
        assert projectm[name] == projectm["perPm"]["fg"][name]
        assert 0 < projectm["perPm"]["bg"][name] < 1
    for layer in projectm["perPm"].values():
        assert layer["avgLumaDownsampleSize"] == 8
        assert layer["avgLumaIntervalMs"] == 500
        assert layer["audioFeedIntervalMs"] in {33, 50, 70, 55, 80, 120}
    assert projectm["lastAudioRms"] >= 0.0005
    assert projectm["lastAudioPeak"] >= projectm["lastAudioRms"]
    assert 0.8 <= projectm["lastAudioGain"] <= 5.5
    assert projectm["lastAudioSamplesPerChannel"] == 512
    assert projectm["lastAudioCopyOk"] is True
    loaded = projectm["presetLoadLast"]
    assert loaded["outcome"] == "ok"
    assert loaded["url"].startswith("/presets/tested/fg/")
    assert loaded["totalMs"] >= loaded["fetchMs"] > 0
    assert loaded["applyToFirstFrameMs"] > 0
    mirror = "() => [...document.getElementById('canvas').getContext('2d').getImageData(0, 0, 8, 8)"
    assert max(await page.call(f"{mirror}.data].filter((_, at) => at % 4 < 3)")) > 20


async def test_the_canvas_can_be_read_at_any_time(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED)
    await page.next()
    picture = """async () => {
      const small = new OffscreenCanvas(12, 12).getContext("2d");
      await new Promise((resolve) => setTimeout(resolve, 50));
      small.drawImage(document.getElementById("viz-canvas"), 0, 0, 12, 12);
      return Math.max(...small.getImageData(0, 0, 12, 12).data.filter((_, at) => at % 4 < 3));
    }"""
    assert await page.call(picture) > 30


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
    write_pack(tmp_path, [MOVING, TRAPPING], [0.2, 0.9])
    page = await player(**COUPLED, coupledPick="shuffle")
    await page.call("() => document.getElementById('preset-auto-toggle').click()")
    seen = [await page.next() for _ in range(4)]
    assert page.errors == []
    stopped = [each for each in seen if each["projectm"]["aborted"]]
    assert len(stopped) == 2
    for each in stopped:
        assert each["ok"]
        assert each["state"]["coupled"]["lastPick"]["pair"] == 3
        assert each["status"] == f"Coupled pair stopped: {each['projectm']['abortReason']}"
        assert "the foreground broke" in each["notice"]
    for each in seen:
        if each not in stopped:
            assert each["status"] == "Coupled pair: 0"


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


async def test_a_pair_without_presets_is_empty(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING], [0.5])
    pack.manifest.write_text('{"pack": "tested", "pairs": [{"pair": 1, "fgUrl": "/presets/x"}]}')
    page = await player(**COUPLED)
    each = await page.next()
    assert page.errors == []
    assert (each["ok"], each["status"]) == (False, "Coupled pairs empty")


async def test_a_manifest_is_asked_for_until_it_is_there_and_then_never_again(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    good = pack.manifest.read_text()
    pack.manifest.write_text('{"pack": "tested", "pairs": {}}')
    page = await player(**COUPLED, **ALONE)
    assert not (await page.next())["ok"]
    pack.manifest.write_text(good)
    assert (await page.next())["ok"]
    pack.manifest.unlink()
    pack.quality.unlink()
    assert (await page.next())["ok"]
    path = "/presets/tested/pairs-manifest.v0.json"
    assert page.requests.count(path) >= 3
    count = page.requests.count(path)
    await page.next()
    assert page.requests.count(path) == count


async def test_scores_are_merged_by_the_last_finite_number_of_an_id(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 3, [0.5] * 3)
    entries = '{"pair":0,"quality01":0.1},{"pair":0,"quality01":0.7},{"pair":3,"quality01":"x"}'
    pack.quality.write_text(
        f'{{"pack":"tested","qualityStats":{{"std":0.25}},"pairs":[{entries}]}}'
    )
    page = await player(**COUPLED)
    picks = await sampled(page, pickMode="shuffle", iterations=3)
    assert {pick["pair"]: pick["quality01"] for pick in picks} == {0: 0.7, 3: None, 6: None}
    (line,) = page.lines("[info] [coupled-pairs] loaded pairs-quality")
    assert "pack: tested" in line
    assert "url: /presets/tested/pairs-quality.v0.json" in line
    assert "std: 0.25" in line
    assert "pairs: 1" in line


async def test_scores_that_are_not_there_are_told_those_of_another_pack_are_not(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    pack.quality.write_text(pack.quality.read_text().replace('"tested"', '"other"'))
    mismatched = await player(**COUPLED)
    await mismatched.started()
    assert (await mismatched.hook("getVerifyState().coupled.manifest.scoredPairs")) == 0
    pack.quality.unlink()
    missing = await player(**COUPLED)
    await missing.started()
    assert (await missing.hook("getVerifyState().coupled.manifest.scoredPairs")) == 0
    assert mismatched.lines("[info] [coupled-pairs]") == []
    assert mismatched.lines("[warning] [coupled-pairs]") == []
    (warning,) = missing.lines("[warning] [coupled-pairs]")
    assert "failed to load pairs-quality" in warning


async def test_a_filtered_manifest_has_no_scores(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    name = "pairs-manifest.filtered.current.json"
    shutil.copy(pack.manifest, pack.manifest.with_name(name))
    page = await player(**COUPLED, coupledManifest=name)
    await page.started()
    manifest = await page.hook("getVerifyState().coupled.manifest")
    assert manifest == {"url": f"/presets/tested/{name}", "pairs": 2, "scoredPairs": 0}
    assert "/presets/tested/pairs-quality.v0.json" not in page.requests


async def test_sampled_picks_are_those_of_the_mode_and_repeat_with_the_seed(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)

    async def sample(**parameters):
        page = await player(**COUPLED, coupledPick="weighted", **parameters)
        await page.started()
        return page, await sampled(page)

    def mean_quality(picks):
        return mean(pick["quality01"] for pick in picks)

    page, weighted = await sample(coupledGamma=4)
    shuffled = await sampled(page, pickMode="shuffle")
    assert [pick["pair"] for pick in shuffled[:4]] == [pick["pair"] for pick in shuffled[4:8]]
    assert sorted(pick["pair"] for pick in shuffled) == sorted([0, 3, 6, 9] * 50)
    assert {pick["mode"] for pick in weighted} == {"weighted"}
    for pick in weighted + shuffled:
        assert pick["quality01"] == SCORES[pick["pair"] // 3]
    _, again = await sample(coupledGamma=4)
    assert again == weighted
    # An absent gamma is 0, which makes all pairs equal.
    _, plain = await sample()
    assert mean_quality(weighted) > 0.75
    assert abs(mean_quality(plain) - mean(SCORES)) < 0.1


async def test_an_unknown_mode_is_random_and_any_text_enables(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(coupled=0, coupledPack="tested", coupledPick="best")
    await page.started()
    coupled = await page.hook("getVerifyState().coupled")
    assert (coupled["enabled"], coupled["pickMode"]) == (True, "random")
    assert page.lines("[info] [sel] mode=random pack=tested pair=")


async def test_the_other_formula_follows_the_music_and_falls_back_without_any(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 2, [0.5, 0.5])
    document = json.loads(pack.manifest.read_text())
    for listed, difference in zip(document["pairs"], [0.001, 0.12], strict=True):
        listed.update(warp_diff=difference, cx_diff=difference)
    pack.manifest.write_text(json.dumps(document))
    parameters = {"coupledPick": "weighted", "coupledFormula": "affinity", "demoMusic": "off"}
    page = await player(**COUPLED, **parameters)
    for intensity01, pair in [(0, 0), (1, 3)]:
        picks = await sampled(page, mockIntensity01=intensity01)
        assert {pick["mode"] for pick in picks} == {"weighted"}
        assert mean(pick["pair"] == pair for pick in picks) > 0.55
    deaf = await sampled(page, pickMode="weighted")
    assert {(pick["requestedMode"], pick["mode"], pick["reason"]) for pick in deaf} == {
        ("weighted", "random", "fallback:no-audio")
    }
    assert page.lines("[info] [sel] mode=random pack=tested pair=")[-1].endswith(
        "reason=fallback:no-audio"
    )


async def test_the_shuffled_order_is_kept_where_samplers_write_theirs(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)
    order = {"v": 0, "pack": "tested", "len": 4, "pos": 0, "order": [2, 0, 3, 1]}
    seeded = json.dumps({**order, "updatedAt": 1, "seededBy": "eval:resume visited=2"})
    page = await player(**COUPLED, coupledPick="shuffle", **ALONE)
    await page.started()
    kept = json.loads(await page.call("(key) => localStorage.getItem(key)", SHUFFLE_KEY))
    assert sorted(kept) == ["len", "order", "pack", "pos", "seededBy", "updatedAt", "v"]
    assert (kept["v"], kept["pack"], kept["len"], kept["pos"]) == (0, "tested", 4, 1)
    assert sorted(kept["order"]) == [0, 1, 2, 3]
    assert kept["seededBy"] == "runtime"
    await page.call("([key, text]) => localStorage.setItem(key, text)", [SHUFFLE_KEY, seeded])
    pairs = [(await page.next())["state"]["coupled"]["lastPick"]["pair"] for _ in range(2)]
    assert pairs == [6, 0]
    kept = json.loads(await page.call("(key) => localStorage.getItem(key)", SHUFFLE_KEY))
    assert (kept["pos"], kept["seededBy"]) == (2, "eval:resume visited=2")


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
    parameters = {"coupling3d": "on", "coupling3dStrength": 2, "demoMusic": "off"}
    page = await player(**COUPLED, **parameters, **ALONE)
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
