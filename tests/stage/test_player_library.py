"""Single presets of a library, chosen by the director: sections 9, 12, 15, 16 and 20."""

import json

import pytest
from gate.tested_packs import BROKEN, MOVING
from stage.player_page import ALONE, storing

from aivj.pipeline.cluster_looks import Looks
from aivj.pipeline.clustering import ClusterRequest, make_clusters
from aivj.pipeline.library_presets import read_library
from aivj.pipeline.style_indexing import (
    index_path,
    known_presets,
    write_cluster_index,
    write_named_index,
    write_policy,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

BANDIT_KEY = "newliveweb:aivj:bandit:v0"
BLACKLIST_KEY = "newliveweb:aivj:blacklist:v0"
LIBRARY = {"presetLibrarySource": "lib"}
NEXT = """async () => {
  const shown = () => window.__projectm_verify.presetIdFg;
  const before = shown();
  document.getElementById("preset-next").click();
  const busy = () => document.body.dataset.status === "busy" || shown() === before;
  while (busy()) await new Promise((resolve) => setTimeout(resolve, 20));
  return shown();
}"""

SET_PROFILE = """(profile) => {
  const profiles = document.getElementById("techno-profile-select");
  profiles.value = profile;
  profiles.dispatchEvent(new Event("change"));
}"""


def write_library(root, names, broken=()):
    folder = root / "presets" / "lib"
    folder.mkdir(parents=True)
    presets = []
    for name in names:
        file = f"{name} #1.milk"
        (folder / file).write_bytes(BROKEN if name in broken else MOVING)
        entry = {"id": f"lib-{name}", "label": file, "relPath": f"lib/{file}", "pack": "lib"}
        presets.append({**entry, "url": f"/presets/lib/{file}", "fileName": file, "fileSize": 9})
    manifest = {"version": "v0", "generatedAt": "2026-03-01T00:00:00.000Z", "presets": presets}
    (folder / "library-manifest.json").write_text(json.dumps(manifest))
    return folder


def write_index(folder, version, energies, authors=None, file_version=None):
    entries = [
        {
            "presetId": f"lib-{name}",
            "authorKey": (authors or {}).get(name, "c01"),
            "energy": energy,
            "tags": [f"energy:{energy}"],
        }
        for name, energy in energies.items()
    ]
    path = folder / f"aivj-style-index.{file_version or version}.json"
    path.write_text(json.dumps({"version": version, "pack": "lib", "entries": entries}))


async def test_the_address_may_name_what_is_shown_first(player, tmp_path):
    write_library(tmp_path, "abcd")
    page = await player(preset="lib-c", **LIBRARY, **ALONE)
    await page.started()
    assert (await page.seen())["state"]["presetIds"]["fg"] == "lib-c"


async def test_what_is_named_first_and_is_not_there_is_passed_over(player, tmp_path):
    write_library(tmp_path, "abcd")
    page = await player(preset="nowhere", **LIBRARY, **ALONE)
    await page.started()
    assert (await page.seen())["state"]["presetIds"]["fg"] == "lib-a"


async def test_without_an_index_presets_come_in_the_librarys_order(player, tmp_path):
    write_library(tmp_path, "abcd")
    page = await player(**LIBRARY, **ALONE)
    await page.started()
    seen = await page.seen()
    assert seen["state"]["coupled"]["enabled"] is False
    assert seen["state"]["presetIds"] == {"fg": "lib-a", "bg": "lib-b"}
    assert seen["status"] == "Preset: a #1"
    assert seen["detail"] == "no score · next in the library"
    assert await page.call("() => window.__nw_verify.actions.coupledNext('test')") is False
    assert [await page.call(NEXT) for _ in range(2)] == ["lib-c", "lib-d"]
    selected = [line.split()[-1] for line in page.lines("[info] [aivj] selected preset ")]
    assert selected == ["lib-a", "lib-b", "lib-c", "lib-d"]
    # The background stays while the foreground changes.
    assert (await page.seen())["state"]["presetIds"]["bg"] == "lib-b"
    assert page.errors == []


async def test_the_newest_valid_index_decides(player, tmp_path):
    folder = write_library(tmp_path, "abcdefgh")
    energies = {"a": "peak", "b": "peak", **dict.fromkeys("cdefgh", "calm")}
    write_index(folder, "v0", energies, file_version="v1")
    write_index(folder, "v0", energies, {"d": "c02"})
    page = await player(**LIBRARY, **ALONE, demoMusic="off")
    await page.started()
    assert "/presets/lib/aivj-style-index.v1.json" in page.requests
    assert "/presets/lib/aivj-style-index.v0.json" in page.requests
    detail = (await page.seen())["detail"]
    assert "for ambient (videoVj), cluster c0" in detail
    await page.call(SET_PROFILE, "ambient")
    shown = [await page.call(NEXT) for _ in range(2)]
    assert {energies[preset_id.removeprefix("lib-")] for preset_id in shown} == {"calm"}


async def test_an_index_is_valid_with_a_valid_entry_or_with_none_at_all(player, tmp_path):
    folder = write_library(tmp_path, "abcd")

    def entry(name, author, energy="groove"):
        return {"presetId": name and f"lib-{name}", "authorKey": author, "energy": energy}

    first, second = ([entry(name, author) for name in "abcd"] for author in ("c01", "c02"))
    broken = [entry("", "c01"), entry("a", ""), entry("b", "c01", "loud"), {"id": "lib-a"}, "lib-b"]
    in_order = "next in the library"
    page = None
    for version_1, version_0, asked, why in [
        (first, second, ["v1"], "c01:groove"),
        ([], second, ["v1"], in_order),
        ([*broken, *first[2:]], second, ["v1"], "c01:groove"),
        (broken, second, ["v1", "v0"], "c02:groove"),
        ({"0": first[0]}, broken, ["v1", "v0"], in_order),
    ]:
        for version, entries in (("v1", version_1), ("v0", version_0)):
            document = json.dumps({"version": version, "entries": entries})
            (folder / f"aivj-style-index.{version}.json").write_text(document)
        if page is None:
            page = await player(**LIBRARY, **ALONE)
        else:
            await page.go(**LIBRARY, **ALONE)
        await page.started()
        paths = [path for path in page.requests if "style-index" in path]
        assert paths == [f"/presets/lib/aivj-style-index.{version}.json" for version in asked]
        seen = await page.seen()
        assert seen["detail"].endswith(why)
        if version_1 == [*broken, *first[2:]]:
            assert set(seen["state"]["presetIds"].values()) == {"lib-c", "lib-d"}


async def test_a_pack_plays_by_the_indexes_that_we_write(player, tmp_path):
    folder = write_library(tmp_path, "abcdef")
    library = read_library(folder / "library-manifest.json")
    made = make_clusters(library, ClusterRequest("tag"))
    (cluster,) = made.clusters.clusters
    v1, v0 = (index_path(library, version) for version in ("v1", "v0"))
    write_cluster_index(
        library, made.clusters, known_presets(library, made), Looks(), version="v1", path=v1
    )
    write_named_index(library, v0, mode="tag")
    write_policy(library)
    page = await player(**LIBRARY, **ALONE)
    await page.started()
    detail = (await page.seen())["detail"]
    assert detail.endswith(f"cluster {cluster.id}:groove, {cluster.label}")
    assert "/presets/lib/aivj-style-index.v0.json" not in page.requests
    v1.write_text(v1.read_text().replace('"v1"', '"v2"'))
    await page.go(**LIBRARY, **ALONE)
    await page.started()
    assert (await page.seen())["detail"].endswith(f"cluster {cluster.label}:groove")
    v0.write_text("{")
    await page.go(**LIBRARY, **ALONE)
    await page.started()
    assert (await page.seen())["detail"].endswith("next in the library")
    assert page.errors == []


async def test_the_policy_beside_the_library_says_which_energy_is_wanted(player, tmp_path):
    folder = write_library(tmp_path, "abcdefgh")
    energies = {**dict.fromkeys("abc", "calm"), **dict.fromkeys("de", "groove")}
    energies.update(dict.fromkeys("fgh", "peak"))
    write_index(folder, "v1", energies)
    policy = {
        "version": "v0",
        "pack": "lib",
        "preferSameAuthorChance": 1,
        "motionThresholds": {"calmMax": 1, "grooveMax": 1},
        "profileMap": {"videoVj": "peak"},
    }
    (folder / "aivj-style-policy.v0.json").write_text(json.dumps(policy))
    page = await player(**LIBRARY, **ALONE)
    await page.started()

    async def shown_energies():
        ids = (await page.seen())["state"]["presetIds"].values()
        return [energies[preset_id.removeprefix("lib-")] for preset_id in ids]

    assert await shown_energies() == ["peak", "peak"]
    # A profile that is not in the map follows the motion, and any motion is calm here.
    await page.call(SET_PROFILE, "custom")
    await page.call(NEXT)
    assert await shown_energies() == ["calm", "peak"]
    # Without a policy of this version the profile's usual energy is wanted.
    policy["version"] = "v1"
    (folder / "aivj-style-policy.v0.json").write_text(json.dumps(policy))
    await page.call("() => localStorage.clear()")
    await page.go(**LIBRARY, **ALONE)
    await page.started()
    assert await shown_energies() == ["groove", "groove"]


async def test_presets_that_a_run_found_broken_are_passed_over(player, tmp_path):
    write_library(tmp_path, "abcd")
    entries = [
        {"presetId": "lib-a", "status": "failed", "reasons": []},
        {"presetId": "lib-c", "status": "ok", "reasons": ["watchdog-idle>150s"]},
        {"presetId": "lib-d", "status": "ok", "tier": "strict", "metrics": {"motion": 0.0612}},
    ]
    document = json.dumps({"version": "v0", "presets": entries})
    (tmp_path / "run-manifest.json").write_text(document)
    page = await player(**LIBRARY, **ALONE)
    await page.started()
    assert set((await page.seen())["state"]["presetIds"].values()) == {"lib-b", "lib-d"}
    assert "[info] [aivj] selected preset lib-d (m=0.0612, tier=strict)" in page.console
    others = [
        {**entry, "presetId": f"lib-{name}"} for entry, name in zip(entries[:2], "bd", strict=True)
    ]
    night = tmp_path / "presets" / "lib" / "night.json"
    night.write_text(json.dumps({"version": "v0", "presets": others}))
    await page.go(**LIBRARY, **ALONE, runManifestUrl="/presets/lib/night.json")
    await page.started()
    assert set((await page.seen())["state"]["presetIds"].values()) == {"lib-a", "lib-c"}


async def test_a_preset_that_fails_is_passed_over_and_never_shown_again(player, tmp_path):
    folder = write_library(tmp_path, "abcd", broken="c")
    write_index(folder, "v1", dict.fromkeys("abcd", "groove"), {"c": "c07"})
    blacklist = {"v": 0, "presets": [{"presetId": "lib-d", "reason": "before", "at": 1}]}
    page = await player(
        init=storing({BLACKLIST_KEY: json.dumps(blacklist)}), **LIBRARY, **ALONE, seed=9
    )
    await page.started()
    for _ in range(4):
        await page.call(NEXT)
    listed = {each["presetId"]: each for each in (await page.kept(BLACKLIST_KEY))["presets"]}
    assert sorted(listed) == ["lib-c", "lib-d"]
    assert listed["lib-c"]["reason"].split(":")[0] in {"foreground", "background"}
    assert (await page.kept(BANDIT_KEY))["arms"]["c07:groove"]["score"] < 0
    assert page.errors == []


async def test_what_people_do_is_learned(player, tmp_path):
    folder = write_library(tmp_path, "abcd")
    write_index(folder, "v1", dict.fromkeys("abcd", "groove"))
    page = await player(**LIBRARY, **ALONE)
    await page.started()
    await page.call(NEXT)
    arm = (await page.kept(BANDIT_KEY))["arms"]["c01:groove"]
    assert (arm["n"], arm["score"]) == (1, pytest.approx(-0.04))
    await page.call("() => document.getElementById('visual-favorite').click()")
    arm = (await page.kept(BANDIT_KEY))["arms"]["c01:groove"]
    assert arm["n"] == 2
    assert arm["score"] > 0


async def test_random_changes_both_layers_and_says_so(player, tmp_path):
    write_library(tmp_path, "abcdefgh")
    page = await player(**LIBRARY, **ALONE)
    await page.started()
    assert await page.hook("lastRandomIds") == {"fg": "fg:unknown", "bg": "bg:unknown", "n": 0}
    await page.call("() => document.getElementById('visual-random').click()")
    await page.until("window.__nw_verify.lastRandomIds.n === 1")
    ids = await page.hook("lastRandomIds")
    assert {"fg": ids["fg"], "bg": ids["bg"]} == (await page.seen())["state"]["presetIds"]
    assert ids == (await page.seen())["state"]["lastRandomIds"]


async def test_a_library_that_is_not_there_is_told(player):
    page = await player(presetLibrarySource="none")
    await page.started()
    seen = await page.seen()
    assert seen["status"] == "Library 'none' not ready"
    assert "/presets/none/library-manifest.json is missing" in seen["notice"]
    assert page.errors == []
