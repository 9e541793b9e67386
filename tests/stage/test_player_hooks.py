"""The hooks' members and the controls' kinds, as programs of the runtime read them: section 21."""

import pytest
from gate.tested_packs import MOVING, STILL, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTROLS = {
    "viz-canvas": "CANVAS",
    "canvas": "CANVAS",
    "preset-next": "button",
    "preset-auto-toggle": "checkbox",
    "preset-auto-interval": "number",
    "preset-select": "select-one",
    "preset-library-select": "select-one",
    "audio-file": "file",
    "audio-volume": "range",
    "audio-toggle": "button",
    "auto-techno-toggle": "checkbox",
    "techno-profile-select": "select-one",
    "audio-drive-preset": "select-one",
}
KIND = """(id) => {
  const control = document.getElementById(id);
  return control.type ?? control.tagName;
}"""
DRIVE = """(name) => {
  const drives = document.getElementById("audio-drive-preset");
  drives.value = name;
  drives.dispatchEvent(new Event("change", { bubbles: true }));
}"""
# What the status line said, and whether the button was shut meanwhile.
WATCH_STATUS = """() => {
  const status = document.getElementById("preset-status");
  const next = document.getElementById("preset-next");
  window.told = [];
  new MutationObserver(() => window.told.push([status.textContent, next.disabled]))
    .observe(status, { childList: true, characterData: true, subtree: true });
}"""
TWO_SAMPLES = """async () => {
  const count = () => window.__projectm_verify.avgLumaSampleCount;
  const next = async (before) => {
    while (count() === before) await new Promise((resolve) => setTimeout(resolve, 20));
    return window.__projectm_verify;
  };
  const first = await next(0);
  return [first, await next(first.avgLumaSampleCount)];
}"""

LAYER_KEYS = {
    *("avgLuma", "avgColorR", "avgColorG", "avgColorB"),
    *("avgLumaLastSampleMs", "avgLumaSampleCount", "avgLumaDownsampleSize", "avgLumaIntervalMs"),
}
PROJECTM_KEYS = LAYER_KEYS | {
    *("initialized", "framesRendered", "lastRenderTimeMs", "aborted", "abortReason"),
    *("lastAudioRms", "lastAudioPeak", "lastAudioGain", "lastAudioSamplesPerChannel"),
    *("lastAudioCopyOk", "presetIdFg", "presetIdBg", "presetLoadLast", "perPm"),
}
LOAD_KEYS = {
    *("token", "url", "cache", "fetchMs", "yieldMs", "applyMs", "totalMs", "tApplyEndMs", "tEndMs"),
    *("firstFrameMs", "applyToFirstFrameMs", "outcome", "errorText"),
}
CAPS_KEYS = {
    *("nowMs", "presetLoadPressureMsLeft", "frameTimeP95Ms", "audioAnalysisFpsCap"),
    *("beatTempoFpsCap", "pmAudioCadenceMode", "pmAudioFeedIntervalMs", "audioDrivePreset"),
    "audioControls",
}
STATS_KEYS = {
    *("currentLevel", "frameTimeP95", "historySize", "lastAdjustmentMs", "subsystemMetrics"),
    "currentBudget",
}


async def test_hooks_have_the_members_that_programs_read(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(**COUPLED, **ALONE)
    await page.until("window.__projectm_verify.avgLumaSampleCount >= 1")
    started_ms = await page.call("() => performance.now()")
    seen = await page.next()
    ended_ms = await page.call("() => performance.now()")

    state = seen["state"]
    # No `audio` and no `viz`: those are for the other hook.
    assert set(state) == {"projectmVerify", "lastRandomIds", "presetIds", "coupled"}
    drawn = {"initialized", "framesRendered", "lastRenderTimeMs", "aborted"}
    assert set(state["projectmVerify"]) == drawn
    assert started_ms < state["projectmVerify"]["lastRenderTimeMs"] <= ended_ms
    coupled = state["coupled"]
    assert {"enabled", "pack", "pickMode", "lastPick"} <= set(coupled)
    # None was asked for.
    assert coupled["pickMode"] == "random"
    debug = seen["debug"]
    assert set(debug) == {"startedAt", "finishedAt", "ok", "reason", "lastPick", "error"}
    assert (debug["ok"], debug["reason"], debug["error"]) == (True, "test", None)
    # All of them by the page's own clock, not by the time of day.
    shown_ms = coupled["lastPick"]["timeMs"]
    assert started_ms <= debug["startedAt"] < shown_ms <= debug["finishedAt"] <= ended_ms

    projectm = seen["projectm"]
    assert set(projectm) >= PROJECTM_KEYS
    assert {name: projectm[name] for name in drawn} == state["projectmVerify"]
    assert set(projectm["presetLoadLast"]) == LOAD_KEYS
    for layer in ("fg", "bg"):
        assert set(projectm["perPm"][layer]) == LAYER_KEYS | {"audioFeedIntervalMs"}
    caps = await page.hook("getPerfCaps()")
    assert set(caps) == CAPS_KEYS
    assert caps["nowMs"] >= ended_ms
    assert set(await page.hook("getPerformanceBudgetStats()")) == STATS_KEYS
    assert isinstance(await page.hook("version"), str)
    assert "sampleCoupledPicks" in await page.hook("capabilities")
    reply = await page.hook("sampleCoupledPicks({ iterations: 3, pickMode: 'shuffle' })")
    assert set(reply) == {"ok", "picks"}
    assert len(reply["picks"]) == 3
    for pick in reply["picks"]:
        assert set(pick) == {"pair", "quality01", "requestedMode", "mode", "reason"}
    assert page.errors == []


async def test_the_runtime_s_verification_finds_what_it_waits_for(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(viewport={"width": 960, "height": 540}, **COUPLED, **ALONE)
    wired = """() => ["visual-random", "visual-favorite", "visual-favorite-count"].map(
      (id) => document.getElementById(id).dataset.wired)"""
    assert await page.call(wired) == ["1", "1", "1"]
    await page.page.locator(".nw-topologyToggle").click()
    assert await page.page.locator("#decision-topology-overlay").is_visible()
    # It takes styles away by an empty attribute; any other inline style stays refused.
    style = """(text) => {
      document.body.setAttribute("style", text);
      return document.body.style.color;
    }"""
    assert await page.call(style, "") == ""
    # No style index and no run manifest are there to be found.
    assert [line for line in page.lines("[error]") if "404" not in line] == []
    page.console.clear()
    assert await page.call(style, "color: red") == ""
    assert "Content Security Policy" in await page.told("[error]")


async def test_each_layer_has_figures_of_its_own_every_half_second(player, tmp_path):
    write_pack(tmp_path, [STILL], [0.5])
    background = STILL.replace(b"float3(0.4, 0.2, 0.1)", b"float3(0.1, 0.3, 0.6)")
    assert background != STILL
    (tmp_path / "presets" / "tested" / "bg" / "p0.milk").write_bytes(background)
    page = await player(**COUPLED, **ALONE)
    first, second = await page.call(TWO_SAMPLES)
    assert second["avgLumaLastSampleMs"] - first["avgLumaLastSampleMs"] >= 500
    for layer, colour in [("fg", (0.4, 0.2, 0.1)), ("bg", (0.1, 0.3, 0.6))]:
        figures = second["perPm"][layer]
        seen = [figures[f"avgColor{channel}"] for channel in "RGB"]
        assert seen == pytest.approx(colour, abs=0.02)
        assert min(colour) < figures["avgLuma"] < max(colour)
    for name in LAYER_KEYS:
        assert second[name] == second["perPm"]["fg"][name]


async def test_the_status_line_says_what_is_loading_and_the_button_waits(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(**COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    await page.call(WATCH_STATUS)
    seen = [await page.next(), await page.next()]
    pairs = [each["state"]["coupled"]["lastPick"]["pair"] for each in seen]
    assert sorted(pairs) == [0, 3]
    assert await page.call("() => window.told") == [
        [f"Coupled (shuffle) loading pair {pairs[0]} ...", True],
        [f"Coupled pair: {pairs[0]}", False],
        [f"Coupled (shuffle) loading pair {pairs[1]} ...", True],
        [f"Coupled pair: {pairs[1]}", False],
    ]
    for element_id, kind in CONTROLS.items():
        assert await page.call(KIND, element_id) == kind, element_id
    for name in ("punch", "subtle"):
        await page.call(DRIVE, name)
        assert await page.hook("getPerfCaps().audioDrivePreset") == name
