"""The player's hooks, status line and log, in a real browser."""

import shutil
from urllib.parse import urlencode

import pytest
from gate.tested_packs import BROKEN, MOVING, TRAPPING, write_pack

from aivj.audio import SAMPLE_RATE_HZ, click_track, time_bytes
from aivj.browser.session import BrowserSession
from aivj.stage import assets
from aivj.stage.conversion import PresetConverter
from aivj.stage.server import StageServer

SCORES = [0.2, 0.4, 0.6, 0.9]

# What a program sees after it has pressed Next `count` times.
NEXT = """async (count) => {
  const log = [];
  console.info = (text) => log.push(text);
  const seen = [];
  const { actions, getVerifyState } = window.__nw_verify;
  for (let number = 0; number < count; number++) {
    const ok = await actions.coupledNext("test");
    const frames = getVerifyState().projectmVerify.framesRendered;
    const deadline = performance.now() + 5000;
    while (ok && getVerifyState().projectmVerify.framesRendered < frames + 8) {
      if (getVerifyState().projectmVerify.aborted || performance.now() > deadline) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    seen.push({
      ok,
      state: getVerifyState(),
      projectm: window.__projectm_verify,
      debug: window.__nw_verify._coupledNextDebug,
      status: document.getElementById("preset-status").textContent,
      detail: document.getElementById("pair-detail").textContent,
      disabled: document.getElementById("preset-next").disabled,
      glObjects: window.__aliveGlObjects?.size,
    });
  }
  return { seen, log };
}"""

# Picks that are not drawn, after the pick that the player makes by itself.
SAMPLE = """async (pickMode) => {
  await window.__nw_verify.actions.coupledInit("test");
  return await window.__nw_verify.sampleCoupledPicks({ iterations: 40, pickMode, reset: true });
}"""

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


@pytest.fixture
def counted_gl_objects(tmp_path, monkeypatch):
    """Makes the pages that are served from now on count their GL objects."""
    dist = tmp_path / "dist"
    shutil.copytree(assets.DIST, dist)
    player = dist / "player.js"
    player.write_text(COUNT_GL_OBJECTS + player.read_text())
    monkeypatch.setattr(assets, "DIST", dist)


@pytest.fixture
async def open_player(software_renderer, tmp_path):
    """Opens the player on the pack in `tmp_path` and calls a function there."""
    clip = time_bytes(click_track(2.0), 2 * SAMPLE_RATE_HZ)
    with PresetConverter(tmp_path / "cache") as converter:
        async with (
            StageServer(
                packs_root=tmp_path,
                clips={"music": clip},
                convert=lambda data: converter.convert(data).model_dump_json().encode(),
            ) as server,
            BrowserSession(software_renderer.plan, software_renderer.policy) as session,
        ):

            async def call(script, argument, **parameters):
                query = {"coupled": 1, "coupledPack": "tested", "seed": 3, "size": "96x54"}
                url = f"{server.origin}/?{urlencode({**query, **parameters})}"
                return await session.call(url, script, argument, 60)

            yield call


@pytest.fixture
def play(open_player):
    """Opens the player and presses Next."""

    async def press_next(count, **parameters):
        reply = await open_player(NEXT, count, **parameters)
        return reply.value["seen"], reply.value["log"], reply.page_errors

    return press_next


async def test_next_shows_a_pair_and_tells_programs_of_it(play, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)
    seen, log, errors = await play(2, coupledPick="weighted", coupledGamma=4)
    assert errors == []
    for each in seen:
        coupled = each["state"]["coupled"]
        pair = coupled["lastPick"]["pair"]
        assert each["ok"]
        assert (coupled["enabled"], coupled["pack"], coupled["pickMode"]) == (
            True,
            "tested",
            "weighted",
        )
        assert coupled["lastPick"]["quality01"] == SCORES[pair // 3]
        assert coupled["manifest"]["scoredPairs"] == 4
        ids = {layer: f"coupled:tested:{pair}:{layer}" for layer in ("fg", "bg")}
        assert each["state"]["presetIds"] == ids
        assert each["projectm"]["presetIdFg"] == ids["fg"]
        assert each["state"]["projectmVerify"]["initialized"]
        assert not each["state"]["projectmVerify"]["aborted"]
        assert each["status"] == f"Coupled pair: {pair}"
        assert each["detail"].startswith(f"quality {SCORES[pair // 3]:.3f} · p")
        assert not each["disabled"]
        assert each["debug"]["error"] is None
        line = f"[sel] mode=weighted pack=tested pair={pair} q={SCORES[pair // 3]} "
        assert f"{line}presetId={ids['fg']} reason=test" in log
    times = [each["state"]["coupled"]["lastPick"]["timeMs"] for each in seen]
    assert times[0] < times[1]


async def test_a_preset_that_fails_is_told_and_the_pair_before_stays(play, tmp_path):
    write_pack(tmp_path, [MOVING, BROKEN, MOVING, BROKEN], SCORES)
    seen, _, errors = await play(4, coupledPick="shuffle")
    assert errors == []
    assert sorted(each["ok"] for each in seen) == [False, False, True, True]
    shown = [each["state"]["coupled"]["lastPick"] for each in seen]
    for number, each in enumerate(seen):
        if each["ok"]:
            continue
        assert each["status"].startswith("Coupled pair ")
        assert " failed: foreground: " in each["status"]
        assert each["debug"]["error"] == "cycleToNextCoupledPair:exception"
        if number > 0:
            assert shown[number] == shown[number - 1]


async def test_a_pair_that_stops_by_itself_is_told_and_next_goes_on(play, tmp_path):
    write_pack(tmp_path, [MOVING, TRAPPING], [0.2, 0.9])
    seen, _, errors = await play(4, coupledPick="shuffle")
    assert errors == []
    stopped = [each for each in seen if each["projectm"]["aborted"]]
    assert len(stopped) == 2
    for each in stopped:
        assert each["ok"]
        assert each["state"]["coupled"]["lastPick"]["pair"] == 3
        assert each["status"] == f"Coupled pair stopped: {each['projectm']['abortReason']}"
    for each in seen:
        if each not in stopped:
            assert each["status"] == "Coupled pair: 0"


@pytest.mark.parametrize("name", ["missing", "tested"])
async def test_without_a_usable_pack_nothing_is_ready(play, tmp_path, name):
    pack = write_pack(tmp_path, [MOVING], [0.5])
    pack.manifest.write_text('{"pack": "other", "pairs": [{"pair": 1}]}')
    [each], _, errors = await play(1, coupledPack=name)
    assert errors == []
    assert not each["ok"]
    assert each["status"] == "Coupled pairs not ready"
    assert each["state"]["coupled"]["lastPick"] is None
    assert each["debug"]["error"] == "cycleToNextCoupledPair:not-ready"
    assert name in each["detail"]


async def test_a_pair_without_presets_is_empty(play, tmp_path):
    pack = write_pack(tmp_path, [MOVING], [0.5])
    pack.manifest.write_text('{"pack": "tested", "pairs": [{"pair": 1, "fgUrl": "/presets/x"}]}')
    [each], _, errors = await play(1)
    assert errors == []
    assert (each["ok"], each["status"]) == (False, "Coupled pairs empty")


@pytest.mark.usefixtures("counted_gl_objects")
async def test_a_pair_that_goes_takes_its_gl_objects_along(play, tmp_path):
    write_pack(tmp_path, [MOVING, BROKEN, MOVING, MOVING], SCORES)
    seen, _, _ = await play(6, coupledPick="shuffle")
    assert {each["ok"] for each in seen} == {True, False}
    counts = [each["glObjects"] for each in seen]
    assert min(counts) > 20
    assert len(set(counts)) == 1, counts


async def test_sampled_picks_are_those_of_the_mode_and_repeat_with_the_seed(open_player, tmp_path):
    write_pack(tmp_path, [MOVING] * 4, SCORES)

    async def sample(mode, seed):
        reply = await open_player(SAMPLE, mode, coupledPick="weighted", coupledGamma=4, seed=seed)
        assert reply.value["ok"]
        return reply.value["picks"]

    weighted = await sample("weighted", 1)
    assert weighted == await sample("weighted", 1)
    assert weighted != await sample("weighted", 2)
    assert {pick["mode"] for pick in weighted} == {"weighted"}
    shuffled = await sample("shuffle", 1)
    assert [pick["pair"] for pick in shuffled[:4]] == [pick["pair"] for pick in shuffled[4:8]]
    assert sorted(pick["pair"] for pick in shuffled) == sorted([0, 3, 6, 9] * 10)
    for pick in weighted + shuffled:
        assert pick["quality01"] == SCORES[pick["pair"] // 3]
