"""Manifests, scores, pick modes and the shuffled order, in a real browser: sections 1 and 2."""

import json
import shutil
from statistics import mean

import pytest
from gate.tested_packs import MOVING, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]
SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"

SAMPLE = "(request) => window.__nw_verify.sampleCoupledPicks({ reset: true, ...request })"


async def sampled(player, **request):
    await player.call("() => window.__nw_verify.actions.coupledInit('test')")
    reply = await player.call(SAMPLE, {"iterations": 200, **request})
    assert reply["ok"]
    return reply["picks"]


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
