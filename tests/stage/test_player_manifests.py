"""Which manifests and pairs are taken, and what is asked for to find out: section 1."""

import json

import pytest
from gate.tested_packs import MOVING, write_pack
from stage.player_page import ALONE, COUPLED, storing

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANIFEST = "/presets/tested/pairs-manifest.v0.json"
QUALITY = "/presets/tested/pairs-quality.v0.json"
SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"

INIT = "() => window.__nw_verify.actions.coupledInit('test')"

# Made for another program, with another shape.
LOOK_ALIKE = {
    "version": "1.0.0",
    "type": "coupled",
    "pairs": [{"id": "coupled_1", "bg": {"path": "a.milk"}, "fg": {"path": "b.milk"}}],
}


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


async def test_only_a_manifest_of_the_pack_with_pairs_makes_it_active(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING], [0.5])
    pairs = json.loads(pack.manifest.read_text())["pairs"]
    (pack.manifest.parent / "coupled-manifest.json").write_text(json.dumps(LOOK_ALIKE))
    pack.manifest.unlink()
    page = await player(**COUPLED, **ALONE)
    for refused in (
        None,
        "{",
        "7",
        "null",
        json.dumps(pairs),
        json.dumps(LOOK_ALIKE),
        json.dumps({"pairs": pairs}),
        json.dumps({"pack": "Tested", "pairs": pairs}),
        json.dumps({"pack": "tested"}),
        json.dumps({"pack": "tested", "pairs": []}),
        json.dumps({"pack": "tested", "pairs": {"0": pairs[0]}}),
    ):
        if refused is not None:
            pack.manifest.write_text(refused)
        assert await page.call(INIT) is False, refused
        each = await page.next()
        assert (each["ok"], each["status"]) == (False, "Coupled pairs not ready"), refused
        assert each["debug"]["error"] == "cycleToNextCoupledPair:not-ready"
        assert each["state"]["coupled"]["lastPick"] is None
    assert QUALITY not in page.requests
    # Neither version nor times are looked at.
    pack.manifest.write_text(json.dumps({"version": "v9", "pack": "tested", "pairs": pairs}))
    assert await page.call(INIT) is True
    assert QUALITY in page.requests
    assert (await page.next())["status"] == "Coupled pair: 0"
    assert [path for path in page.requests if path.endswith("coupled-manifest.json")] == []
    assert page.errors == []


async def test_manifests_and_scores_are_never_taken_from_a_cache(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED, **ALONE)
    asked = []

    def note(request):
        asked.append(request)

    page.page.on("request", note)
    await page.go(**COUPLED, **ALONE)
    await page.started()
    headers = {each.url.removeprefix(page.origin): await each.all_headers() for each in asked}
    for path in (MANIFEST, QUALITY):
        assert headers[path].get("cache-control") == "no-cache"
        assert "if-none-match" not in headers[path]
        assert "if-modified-since" not in headers[path]
    # Of other files it is asked whether they changed.
    assert "if-none-match" in headers["/player.js"]


async def test_a_pair_that_lacks_a_layer_is_empty_and_no_other_is_tried(player, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 3, [0.2, 0.4, 0.6])
    document = json.loads(pack.manifest.read_text())
    del document["pairs"][0]["fgUrl"]
    del document["pairs"][1]["bgUrl"]
    pack.manifest.write_text(json.dumps(document))
    order = {"v": 0, "pack": "tested", "len": 3, "pos": 0, "order": [2, 0, 1]}
    init = storing({SHUFFLE_KEY: json.dumps({**order, "updatedAt": 1, "seededBy": "runtime"})})
    page = await player(init=init, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    seen = [await page.next() for _ in range(3)]
    empty = (False, "Coupled pairs empty")
    assert [(each["ok"], each["status"]) for each in seen] == [
        empty,
        empty,
        (True, "Coupled pair: 6"),
    ]
    for each in seen[:2]:
        assert each["state"]["coupled"]["lastPick"]["pair"] == 6
        assert each["state"]["presetIds"]["fg"] == "coupled:tested:6:fg"
    assert page.errors == []


async def test_names_with_signs_are_asked_for_as_addresses_need_them(player, tmp_path):
    name = "50% a&b +c #1"
    pack = write_pack(tmp_path, [MOVING], [0.5])
    for path in (pack.manifest, pack.quality):
        path.write_text(path.read_text().replace("tested", name))
    pack.manifest.parent.rename(pack.manifest.parent.with_name(name))
    page = await player(coupled=1, coupledPack=name, **ALONE)
    each = await page.next()
    assert each["status"] == "Coupled pair: 0"
    assert each["state"]["presetIds"]["bg"] == f"coupled:{name}:0:bg"
    assert each["projectm"]["presetLoadLast"]["url"] == f"/presets/{name}/fg/p0.milk"
    folder = "/presets/50%25%20a%26b%20%2Bc%20%231"
    assert f"{folder}/pairs-manifest.v0.json" in page.requests
    assert f"{folder}/pairs-quality.v0.json" in page.requests


async def test_pairs_are_shown_only_when_the_address_asks_for_them_and_names_a_pack(
    player, tmp_path
):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(coupled="yes")
    each = await page.next()
    assert each["state"]["coupled"]["enabled"] is True
    assert (each["ok"], each["status"]) == (False, "Coupled pairs not ready")
    assert [path for path in page.requests if path.startswith("/presets/")] == []
    await page.go(coupled="", coupledPack="tested")
    await page.started()
    assert not (await page.next())["ok"]
    assert await page.hook("getVerifyState().coupled.enabled") is False
    assert MANIFEST not in page.requests
