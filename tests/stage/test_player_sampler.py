"""The steps of the classic sampler, one after the other, against our player: section 6.4."""

import json

import pytest
from gate.tested_packs import MOVING, write_pack
from stage.player_page import storing

from aivj.audio.click import click_track, wav_bytes

pytestmark = pytest.mark.asyncio(loop_scope="session")

INIT = (
    storing(
        {
            "presetLibrarySource": "run3-crashsafe-15000",
            "nw.runManifestUrl": "/run-manifest.json",
            "nw.aivj.enabled": "true",
        }
    )
    + """
window.__nw_verify = { forcePresetGateOpen: true, disableAutoAudio: true };
document.addEventListener("DOMContentLoaded", () => {
  const overlay = document.createElement("div");
  overlay.id = "nw-eval-overlay";
  document.body.append(overlay);
});
"""
)
ADDRESS = {"coupled": 1, "coupledPack": "tested", "coupledPick": "shuffle", "coupling3d": "on"}
UNCHECK = """() => {
  const toggle = document.getElementById("preset-auto-toggle");
  toggle.checked = false;
  toggle.dispatchEvent(new Event("change", { bubbles: true }));
}"""
SEED_SHUFFLE = """(order) => localStorage.setItem("nw.coupledPairs.shuffleState.v0",
  JSON.stringify({ v: 0, pack: "tested", len: order.length, pos: 0, order, updatedAt: Date.now(),
    seededBy: "eval:resume visited=2" }))"""
DRIVE_AUDIO = """() => {
  const volume = document.getElementById("audio-volume");
  volume.value = "100";
  volume.dispatchEvent(new Event("input", { bubbles: true }));
  const toggle = document.getElementById("audio-toggle");
  if (toggle.textContent.toLowerCase().includes("play")) toggle.click();
}"""
DRAWING = """(({ initialized, framesRendered, aborted }) =>
  initialized && framesRendered >= 10 && !aborted)(
    window.__nw_verify.getVerifyState().projectmVerify)"""
STATE = "window.__nw_verify.getVerifyState()"


async def sample(page):
    """One pick, settled as the sampler waits for it."""
    before = await page.call(f"() => {STATE}.coupled.lastPick?.timeMs ?? null")
    await page.until("!document.getElementById('preset-next').disabled")
    assert await page.call("() => window.__nw_verify.actions.coupledNext('eval:iter')")
    await page.until(f"{STATE}.coupled.lastPick.timeMs !== {json.dumps(before)}")
    await page.until("!/loading/i.test(document.getElementById('preset-status').textContent)")
    state = await page.call(f"() => {STATE}")
    pair = state["coupled"]["lastPick"]["pair"]
    ids = {layer: f"coupled:tested:{pair}:{layer}" for layer in ("fg", "bg")}
    assert state["presetIds"] == ids
    projectm = await page.call("() => window.__projectm_verify")
    assert projectm["perPm"]["fg"]["avgLuma"] > 0.06
    assert projectm["perPm"]["bg"]["avgLuma"] > 0.06
    return pair


async def test_a_sampler_boots_drives_the_sound_and_visits_what_is_left(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, [0.2, 0.4, 0.6, 0.9])
    page = await player(init=INIT, **ADDRESS)
    assert "/@vite/client" in await page.call("async () => (await fetch('/')).text()")
    await page.call(UNCHECK)
    assert await page.call("() => window.__nw_verify.actions.coupledInit('eval:tested')")
    await page.until(f"{STATE}.coupled.enabled && {STATE}.coupled.pack === 'tested'")
    await page.started()
    await page.call(SEED_SHUFFLE, [3, 1, 0, 2])

    silent = await page.call("() => window.__projectm_verify.lastAudioRms")
    assert silent == 0
    clicks = {"name": "eval-click.wav", "mimeType": "audio/wav", "buffer": wav_bytes(click_track())}
    await page.page.set_input_files("#audio-file", [clicks])
    await page.page.mouse.click(10, 10)
    await page.call(DRIVE_AUDIO)
    await page.until("window.__projectm_verify.lastAudioRms >= 0.0005")

    await page.until(DRAWING)
    await page.until("window.__projectm_verify.perPm.bg.avgLumaSampleCount > 0")
    visited = [await sample(page) for _ in range(4)]
    assert visited == [9, 3, 0, 6]
    assert page.lines("[info] [sel]")[-1].endswith("reason=eval:iter")
    assert await page.page.locator("#nw-eval-overlay").count() == 1
    assert page.errors == []
    errors = [line for line in page.lines("[error]") if "404" not in line]
    assert errors == []
