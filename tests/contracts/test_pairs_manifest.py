import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.pairs_manifest import (
    ManifestPair,
    PairsManifest,
    preset_file,
    preset_path,
    read_pairs_manifest,
    require_pack_name,
    write_pairs_manifest,
)
from aivj.errors import InputError, StorageError, UnsafePathError

ENTRIES = Path(__file__).with_name("pair_entries.json")

GOLDEN = """{
  "version": "v0",
  "generatedAt": "2026-03-01T09:00:00.000Z",
  "pack": "demo_pack",
  "pairs": [
    {
      "pair": 0,
      "fgUrl": "/presets/demo_pack/fg/p0_fg.milk",
      "bgUrl": "/presets/demo_pack/bg/p0_bg.milk",
      "warp_diff": 0.041,
      "cx_diff": 0.052
    },
    {
      "pair": 7,
      "fgUrl": "/presets/demo_pack/fg/p7_fg.milk",
      "bgUrl": "/presets/demo_pack/bg/p7_bg.milk"
    }
  ]
}
"""


def pair(number: int, *, pack: str = "demo_pack", **differences: float) -> ManifestPair:
    return ManifestPair(
        pair=number,
        fg_url=f"/presets/{pack}/fg/p{number}_fg.milk",
        bg_url=f"/presets/{pack}/bg/p{number}_bg.milk",
        **differences,
    )


def demo_manifest() -> PairsManifest:
    return PairsManifest(
        generated_at="2026-03-01T09:00:00.000Z",
        pack="demo_pack",
        pairs=[pair(0, warp_diff=0.041, cx_diff=0.052), pair(7)],
    )


def stored(folder: Path, **changes: object) -> Path:
    path = folder / "pairs-manifest.v0.json"
    path.write_text(json.dumps({**json.loads(GOLDEN), **changes}))
    return path


def test_written_text_is_golden(tmp_path: Path):
    path = tmp_path / "pack" / "pairs-manifest.v0.json"
    write_pairs_manifest(path, demo_manifest())
    assert path.read_bytes() == GOLDEN.encode()
    assert read_pairs_manifest(path, pack="demo_pack") == demo_manifest()


def test_filtered_variant_on_one_line_keeps_its_keys(tmp_path: Path):
    path = stored(tmp_path, generatedFrom="n>=2", keptPairs=2, totalPairs=3000)
    manifest = read_pairs_manifest(path)
    assert (manifest.generated_from, manifest.kept_pairs, manifest.total_pairs) == ("n>=2", 2, 3000)
    write_pairs_manifest(path, manifest)
    assert list(json.loads(path.read_text()))[-3:] == ["generatedFrom", "keptPairs", "totalPairs"]


numbers = st.floats(min_value=0, max_value=1)


@given(
    ids=st.lists(st.integers(0, 2**53 - 1), min_size=1, max_size=8, unique=True),
    warp_diff=st.none() | numbers,
    text=st.none() | st.text(),
)
def test_manifests_read_back(tmp_path_factory, ids, warp_diff, text):
    manifest = PairsManifest(
        generated_at="2026-03-01T09:00:00.000Z",
        pack="p",
        pairs=[pair(number, pack="p", warp_diff=warp_diff) for number in ids],
        generated_from=text,
    )
    path = tmp_path_factory.getbasetemp() / "round.json"
    write_pairs_manifest(path, manifest)
    assert read_pairs_manifest(path, pack="p") == manifest


def test_unknown_keys_and_differences_that_are_no_numbers_are_ignored(tmp_path: Path):
    row = json.loads(GOLDEN)["pairs"][0]
    path = stored(tmp_path, note="x", pairs=[{**row, "warp_diff": "0.1", "mood": 1}])
    assert read_pairs_manifest(path).pairs[0].warp_diff is None


def test_whole_float_id_is_the_same_number(tmp_path: Path):
    row = json.loads(GOLDEN)["pairs"][1]
    assert read_pairs_manifest(stored(tmp_path, pairs=[{**row, "pair": 7.0}])).pairs[0].pair == 7


def test_manifest_without_time_takes_its_files(tmp_path: Path):
    document = json.loads(GOLDEN)
    del document["generatedAt"]
    path = tmp_path / "m.json"
    path.write_text(json.dumps(document))
    assert read_pairs_manifest(path).generated_at.endswith("Z")


ROW = json.loads(GOLDEN)["pairs"][1]


def with_pair(**changes: object) -> dict[str, object]:
    rows = json.loads(GOLDEN)["pairs"]
    return {"pairs": [rows[0], {**rows[1], **changes}]}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pack": "other"}, "pack 'other'"),
        ({"pack": 3}, "pack"),
        ({"pairs": []}, "at least one pair"),
        ({"pairs": {}}, "valid list"),
        ({"pairs": [3]}, "none among 1; first, entry 0: expected an object"),
        ({"pairs": [{**ROW, "fgUrl": "/etc/passwd"}]}, "none among 1; first, pair 7"),
    ],
)
def test_unusable_manifests_are_refused(tmp_path: Path, changes, complaint):
    path = stored(tmp_path, **changes)
    with pytest.raises(InputError) as caught:
        read_pairs_manifest(path, pack="demo_pack")
    assert complaint in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("case", json.loads(ENTRIES.read_text()), ids=str)
def test_an_entry_that_cannot_be_used_costs_its_own_pair(tmp_path: Path, case):
    sound = {"fgUrl": "/presets/p/fg/s.milk", "bgUrl": "/presets/p/bg/s.milk"}
    entries = [{"pair": 40, **sound}, case["entry"], {"pair": 41, **sound}]
    manifest = read_pairs_manifest(stored(tmp_path, pack="p", pairs=entries), pack="p")
    if case["why"] is None:
        assert [pair.pair for pair in manifest.pairs] == [40, case["entry"]["pair"], 41]
        assert not manifest.faults
        assert not manifest.left_out
        return
    assert [pair.pair for pair in manifest.pairs] == [40, 41]
    (fault,) = manifest.faults
    assert fault.place == 1
    assert case["why"] in str(fault)
    assert fault.pair == (7 if "Url: " in fault.expected else None)
    assert manifest.listed_ids == [40, fault.pair, 41]
    assert manifest.left_out.startswith("1 of 3 pairs of p cannot be used and is left out; first, ")


def test_of_two_entries_with_one_id_the_first_has_it(tmp_path: Path):
    rows = [{**ROW, "pair": 3}, ROW, {**ROW, "pair": 3}]
    manifest = read_pairs_manifest(stored(tmp_path, pairs=rows))
    assert manifest.listed_ids == [3, 7, None]
    assert manifest.ids == [3, 7]
    assert str(manifest.faults[0]) == (
        "entry 2: expected an id of its own; found 3, which is that of entry 0"
    )


def test_a_preset_that_is_a_link_out_of_the_packs_has_no_file(tmp_path: Path):
    (tmp_path / "secret").write_text("")
    folder = tmp_path / "public" / "presets" / "p"
    folder.mkdir(parents=True)
    (folder / "out.milk").symlink_to(tmp_path / "secret")
    (folder / "loop.milk").symlink_to(folder / "loop.milk")
    assert preset_file(tmp_path / "public", "/presets/p/out.milk") is None
    assert preset_file(tmp_path / "public", "/presets/p/loop.milk") is None
    there = preset_file(tmp_path / "public", "/presets/p/there.milk")
    assert there == folder.resolve() / "there.milk"


def test_unsafe_pack_is_refused_whatever_was_asked_for(tmp_path: Path):
    with pytest.raises(InputError, match="safe folder name"):
        read_pairs_manifest(stored(tmp_path, pack="../demo"))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pack": NaN}'])
def test_broken_files_are_refused_by_name(tmp_path: Path, text):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"broken\.json"):
        read_pairs_manifest(path)
    with pytest.raises(InputError, match="nothing there"):
        read_pairs_manifest(tmp_path / "absent.json")


def test_unusable_manifest_is_not_written(tmp_path: Path):
    path = stored(tmp_path)
    before = path.read_bytes()
    broken = demo_manifest().model_copy(update={"pairs": [pair(1), pair(1)]})
    with pytest.raises(InputError, match="an id of its own"):
        write_pairs_manifest(path, broken)
    assert path.read_bytes() == before


def test_unwritable_place_is_a_storage_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_pairs_manifest(tmp_path / "file" / "m.json", demo_manifest())


@pytest.mark.parametrize("name", ["demo_pack", "ai_generated_v2", "Pack-3.1", "müsik"])
def test_usual_pack_names_pass(name):
    assert require_pack_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "c:", 'a"b', "a%2fb", "a?b", "a\0", "x" * 201],
)
def test_unsafe_pack_names_are_refused(name):
    with pytest.raises(InputError, match="safe folder name"):
        require_pack_name(name)


def test_preset_path_lies_below_the_root(tmp_path: Path):
    expected = tmp_path.resolve() / "presets" / "demo_pack" / "fg" / "p0_fg.milk"
    assert preset_path(tmp_path, "/presets/demo_pack/fg/p0_fg.milk") == expected
    with pytest.raises(UnsafePathError):
        preset_path(tmp_path, "/presets/../../etc/passwd")


@pytest.mark.parametrize("name", ["a%23b.milk", "what%3F.milk", "50%25.milk", "%C3%A9%20x.milk"])
def test_what_is_special_in_a_url_may_be_spelt_out_in_a_name(tmp_path: Path, name: str) -> None:
    url = f"/presets/demo_pack/fg/{name}"
    manifest = read_pairs_manifest(stored(tmp_path, **with_pair(fgUrl=url)))
    assert url in {pair.fg_url for pair in manifest.pairs}
    assert preset_path(tmp_path, url).name == unquote(name)
