"""Scores, pick modes and the shuffled order, in a real browser: section 2."""

import json
from statistics import mean

import pytest
from gate.tested_packs import MOVING, write_pack
from stage.listed_packs import write_listed
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCORES = [0.2, 0.4, 0.6, 0.9]
SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"

SAMPLE = "(request) => window.__nw_verify.sampleCoupledPicks({ reset: true, ...request })"


async def num_scored(page):
    await page.started()
    return await page.hook("getVerifyState().coupled.manifest.scoredPairs")


async def sampled(player, **request):
    await player.call("() => window.__nw_verify.actions.coupledInit('test')")
    reply = await player.call(SAMPLE, {"iterations": 200, **request})
    assert reply["ok"]
    return reply["picks"]


async def test_scores_are_merged_by_the_last_finite_number_of_an_id(player, tmp_path):
    scores = [(0, 0.1), (0, 0.7), (3, 999), ("6", 0.9), (9, 1.7), (12, -0.2), (15, 1), (None, 1)]
    stats = {"qualityStats": {"std": 0.25}}
    pack = write_listed(tmp_path, [0, 3, 6, 9, 12, "15"], scores, **stats)
    # Too large for a number: infinite.
    pack.quality.write_text(pack.quality.read_text().replace("999", "1e999"))
    page = await player(**COUPLED)
    picks = await sampled(page, pickMode="shuffle", iterations=6)
    # A score outside of 0 to 1 is kept as it stands; an id that is text is none.
    merged = {0: 0.7, 3: None, 6: None, 9: 1.7, 12: -0.2, None: None}
    assert {pick["pair"]: pick["quality01"] for pick in picks} == merged
    (line,) = page.lines("[info] [coupled-pairs]")
    assert line.startswith("[info] [coupled-pairs] loaded pairs-quality")
    assert "pack: tested" in line
    assert "url: /presets/tested/pairs-quality.v0.json" in line
    assert "std: 0.25" in line
    assert "pairs: 4" in line


async def test_scores_that_are_not_there_are_told_those_of_no_use_are_not(player, tmp_path):
    pack = write_listed(tmp_path, [0, 3], [(0, 0.2), (3, 0.9)])
    page = await player(**COUPLED)
    await page.started()
    (line,) = page.lines("[info] [coupled-pairs]")
    assert "std: NaN" in line
    useful = pack.quality.read_text()
    for useless in (
        useful.replace('"tested"', '"other"'),
        useful.replace('"pair"', '"id"'),
        '{"pack": "tested", "pairs": []}',
    ):
        pack.quality.write_text(useless)
        await page.go(**COUPLED)
        assert await num_scored(page) == 0
        assert [line for line in page.console if "[coupled-pairs]" in line] == []
    pack.quality.unlink()
    await page.go(**COUPLED)
    assert await num_scored(page) == 0
    (warning,) = [line for line in page.console if "[coupled-pairs]" in line]
    assert warning.startswith("[warning] [coupled-pairs] failed to load pairs-quality")
    assert {pick["pair"] for pick in await sampled(page, pickMode="weighted")} == {0, 3}


async def test_only_scores_beside_a_manifest_of_the_plain_name_are_found(player, tmp_path):
    pack = write_listed(tmp_path, [0, 3], [(0, 0.2), (3, 0.9)])
    filtered = json.loads(pack.manifest.read_text())
    filtered.update(generatedFrom="n>=2", keptPairs=2, totalPairs=9)
    scores = pack.quality.read_text()
    folder = pack.manifest.parent
    page = await player(**COUPLED)
    # Nothing that this page asks for late is then counted as the next one's.
    assert await num_scored(page) == 2
    for name, quality in [
        ("pairs-manifest.filtered.current.json", None),
        ("pairs-manifest.v0.json?kept=2", None),
        ("night-pairs-manifest.v0.json", "night-pairs-quality.v0.json"),
    ]:
        (folder / name.partition("?")[0]).write_text(json.dumps(filtered))
        (folder / (quality or "pairs-quality.v0.json")).write_text(scores)
        await page.go(**COUPLED, coupledManifest=name)
        found = await num_scored(page)
        url = f"/presets/tested/{name}"
        assert await page.hook("getVerifyState().coupled.manifest") == {
            "url": url,
            "pairs": 2,
            "scoredPairs": found,
        }
        asked = [path for path in page.requests if "quality" in path]
        assert asked == ([] if quality is None else [f"/presets/tested/{quality}"])
        assert found == (0 if quality is None else 2)


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
    kept = await page.kept(SHUFFLE_KEY)
    assert sorted(kept) == ["len", "order", "pack", "pos", "seededBy", "updatedAt", "v"]
    assert (kept["v"], kept["pack"], kept["len"], kept["pos"]) == (0, "tested", 4, 1)
    assert sorted(kept["order"]) == [0, 1, 2, 3]
    assert kept["seededBy"] == "runtime"
    opened, now = await page.call("() => [performance.timeOrigin, Date.now()]")
    assert opened - 1 < kept["updatedAt"] <= now
    await page.call("([key, text]) => localStorage.setItem(key, text)", [SHUFFLE_KEY, seeded])
    pairs = [(await page.next())["state"]["coupled"]["lastPick"]["pair"] for _ in range(2)]
    assert pairs == [6, 0]
    kept = await page.kept(SHUFFLE_KEY)
    assert (kept["pos"], kept["seededBy"]) == (2, "eval:resume visited=2")


async def test_a_kept_order_goes_round_and_one_of_another_pack_counts_for_nothing(player, tmp_path):
    write_listed(tmp_path, [0, 3, 6, 9])
    page = await player(**COUPLED, coupledPick="shuffle")
    await page.started()
    order = {"v": 0, "pack": "tested", "len": 4, "pos": 0, "order": [2, 0, 3, 1]}

    async def pick_from(**changes):
        seeded = json.dumps({**order, "updatedAt": 1, "seededBy": "cycle:manual", **changes})
        await page.call("([key, text]) => localStorage.setItem(key, text)", [SHUFFLE_KEY, seeded])
        (pick,) = await sampled(page, iterations=1, reset=False)
        return pick["pair"], await page.kept(SHUFFLE_KEY)

    for pos, index in [(3, 1), (4, 2), (6, 3)]:
        pair, kept = await pick_from(pos=pos)
        assert pair == 3 * index
        assert kept["order"] == order["order"]
        assert (kept["pos"], kept["seededBy"]) == (pos % 4 + 1, "cycle:manual")
    for changes in ({"pack": "other"}, {"len": 5}, {"len": 3, "order": [2, 0, 1]}, {"v": 1}):
        pair, kept = await pick_from(pos=2, **changes)
        assert pair == 3 * kept["order"][0]
        assert sorted(kept["order"]) == [0, 1, 2, 3]
        assert (kept["v"], kept["pack"], kept["len"], kept["pos"]) == (0, "tested", 4, 1)
        assert kept["seededBy"] == "runtime"
