import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    preset_path,
    read_pairs_manifest,
)
from aivj.errors import AivjError, InputError, StorageError
from aivj.packs.drawing import Rejection
from aivj.packs.keeping import made_beside
from aivj.packs.pairing import draw_coupled_pack, refuse_other_draw
from aivj.packs.provenance import (
    PASSED_OVER_NAME,
    PROVENANCE_NAME,
    PassedOverPreset,
    read_provenance,
)
from aivj.packs.scan import scan_presets
from aivj.presets import content_hash, parse_milk

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
PRESETS = {
    f"Author{n} - x.milk": f"warp={n}.5\ncx=0.{n + 30}\nfRating={n % 6}" for n in range(1, 30)
}


def draw(library, root: Path, **options):
    defaults = {"pack": "demo", "num_pairs": 4, "seed": 7, "generated_at": NOON}
    return draw_coupled_pack(library, packs_root=root, **(defaults | options))


def test_a_pack_of_real_presets_is_what_the_runtime_loads(corpus, tmp_path: Path) -> None:
    drawn = draw(corpus, tmp_path, num_pairs=32)
    manifest = read_pairs_manifest(drawn.folder / PAIRS_MANIFEST_NAME, pack="demo")
    assert manifest == drawn.manifest
    assert manifest.generated_at == "2026-03-01T12:00:00.000Z"
    assert [row.pair for row in manifest.pairs] == list(range(32))
    assert manifest.pairs[3].fg_url == "/presets/demo/fg/p003_fg.milk"
    urls = [url for row in manifest.pairs for url in (row.fg_url, row.bg_url)]
    contents = {content_hash(preset_path(tmp_path, url).read_bytes()) for url in urls}
    assert len(contents) == 64
    for row in manifest.pairs:
        fg, bg = (
            parse_milk(preset_path(tmp_path, url).read_bytes()) for url in (row.fg_url, row.bg_url)
        )
        assert row.warp_diff == pytest.approx(abs(fg.values["warp"] - bg.values["warp"]), abs=1e-6)
        assert row.cx_diff == pytest.approx(abs(fg.values["cx"] - bg.values["cx"]), abs=1e-6)


def test_provenance_leads_back_to_the_library(corpus, tmp_path: Path) -> None:
    drawn = draw(corpus, tmp_path)
    provenance = read_provenance(drawn.folder)
    assert provenance == drawn.provenance
    assert (provenance.kind, provenance.seed, provenance.parameters) == (
        "coupled-pack",
        7,
        {"numPairs": 4},
    )
    assert (provenance.source_folder, provenance.num_presets) == ("presets", len(corpus))
    sources = {file.relative_path: file.path for file in corpus}
    for pair in provenance.pairs:
        for origin in (pair.fg, pair.bg):
            copy = (drawn.folder / origin.file).read_bytes()
            assert copy == sources[origin.source].read_bytes()
            assert origin.content_hash == content_hash(copy)
            assert origin.f_rating == parse_milk(copy).f_rating
            assert origin.family
    document = json.loads((drawn.folder / PROVENANCE_NAME).read_text())
    assert set(document["pairs"][0]["fg"]) == {"file", "source", "contentHash", "fRating", "family"}


def test_the_same_draw_is_the_same_byte_for_byte(make_library, tmp_path: Path, tree) -> None:
    library = make_library(PRESETS)
    first = draw(library, tmp_path / "one")
    second = draw(library[::-1], tmp_path / "two")
    assert tree(first.folder) == tree(second.folder)
    other = draw(library, tmp_path / "three", seed=8)
    assert tree(other.folder) != tree(first.folder)


def test_the_same_pack_is_left_alone(make_library, tmp_path: Path, tree) -> None:
    library = make_library(PRESETS)
    folder = draw(library, tmp_path).folder
    (folder / "pairs-quality.v0.json").write_text("{}")
    before = tree(folder)
    again = draw(library, tmp_path, generated_at=LATER)
    assert tree(folder) == before
    assert again.manifest.generated_at == "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize("damage", ["fg/p000_fg.milk", PAIRS_MANIFEST_NAME])
def test_a_damaged_pack_is_mended(make_library, tmp_path: Path, tree, damage: str) -> None:
    library = make_library(PRESETS)
    folder = draw(library, tmp_path).folder
    (folder / "preferences.jsonl").write_text("what people judged")
    before = tree(folder)
    (folder / damage).write_text("{")
    draw(library, tmp_path)
    assert tree(folder) == before


def test_another_seed_replaces_the_whole_pack(make_library, tmp_path: Path, tree) -> None:
    library = make_library(PRESETS)
    folder = draw(library, tmp_path, num_pairs=6).folder
    (folder / "pairs-quality.v0.json").write_text("scores of the old pairs")
    draw(library, tmp_path, seed=8, replace=True)
    expected = draw(library, tmp_path / "fresh", seed=8).folder
    assert tree(folder) == tree(expected)
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]


def test_a_pack_that_is_not_ours_is_not_replaced(make_library, tmp_path: Path, tree) -> None:
    folder = tmp_path / "presets" / "demo"
    folder.mkdir(parents=True)
    (folder / PAIRS_MANIFEST_NAME).write_text("somebody's work")
    with pytest.raises(InputError, match="drawn by AIVJ"):
        draw(make_library(PRESETS), tmp_path)
    assert tree(folder) == {PAIRS_MANIFEST_NAME: b"somebody's work"}


def test_a_full_disk_leaves_the_old_pack_whole(
    make_library, tmp_path: Path, tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make_library(PRESETS)
    folder = draw(library, tmp_path).folder
    before = tree(folder)
    write_bytes = Path.write_bytes

    def fill_up(path: Path, data: bytes) -> int:
        if path.name == "p002_bg.milk":
            raise OSError(28, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with pytest.raises(StorageError, match="No space left"):
        draw(library, tmp_path, seed=8, replace=True)
    assert tree(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]


def test_no_content_comes_twice_and_refused_presets_never(make_library, tmp_path: Path) -> None:
    copies = {f"copy {name}": f"[preset00]\n{text}\n" for name, text in PRESETS.items()}
    library = make_library(PRESETS | copies)
    refused = {"warp=1.5\n", "warp=2.5\n", "warp=3.5\n"}
    drawn = draw(
        library,
        tmp_path,
        num_pairs=13,
        accept=lambda _, data: not any(text.encode() in data for text in refused),
    )
    hashes = [
        origin.content_hash for pair in drawn.provenance.pairs for origin in (pair.fg, pair.bg)
    ]
    assert len(set(hashes)) == len(hashes) == 26
    for path in drawn.folder.rglob("*.milk"):
        assert not any(text.encode() in path.read_bytes() for text in refused)
    assert drawn.provenance.skipped["rejected"] == 3


@pytest.mark.parametrize(
    ("num_pairs", "remedy"), [(15, "larger folder"), (0, "one or more"), (-1, "one or more")]
)
def test_too_few_presets_are_said_and_nothing_is_written(
    make_library, tmp_path: Path, num_pairs: int, remedy: str
) -> None:
    with pytest.raises(InputError, match=remedy):
        draw(make_library(PRESETS), tmp_path, num_pairs=num_pairs)
    assert not (tmp_path / "presets").exists()


def test_an_empty_library_is_said(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    with pytest.raises(InputError, match="0 to use among 0"):
        draw(scan_presets(tmp_path / "library"), tmp_path)


def test_a_library_of_links_is_told_where_they_would_be_followed(corpus, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for preset in corpus[:3]:
        (library / preset.path.name).symlink_to(preset.path)
    passed_over = Counter[str]()
    presets = scan_presets(library, passed_over=passed_over)
    with pytest.raises(InputError, match=r"3 link out of the library.*name the one that they lead"):
        draw(presets, tmp_path, passed_over=passed_over)


@pytest.mark.parametrize("pack", ["", "..", "a/b", "a\\b", ".hidden", "a b", "a?b", "a%2fb", "/x"])
def test_unsafe_pack_names_are_refused(make_library, tmp_path: Path, pack: str) -> None:
    with pytest.raises(InputError, match="pack name"):
        draw(make_library(PRESETS), tmp_path, pack=pack)
    assert not (tmp_path / "presets").exists()


def test_names_of_presets_never_reach_a_url(make_library, tmp_path: Path) -> None:
    odd = ["50% & more", "what? [mix]", "caf\u00e9 #1", "..", "a;b|c", "x" * 200]
    library = make_library({f"{name} {n}.milk": f"zoom={n}" for n, name in enumerate(odd)})
    drawn = draw(library, tmp_path, pack="pack-\u00e9", num_pairs=3)
    for row in drawn.manifest.pairs:
        for url in (row.fg_url, row.bg_url):
            assert url.isascii()
            assert preset_path(tmp_path, url).is_file()
    sources = {origin.source for pair in drawn.provenance.pairs for origin in (pair.fg, pair.bg)}
    assert sources == {file.relative_path for file in library}


def test_differences_are_those_of_defaults_and_never_infinite(make_library, tmp_path: Path) -> None:
    library = make_library({"a.milk": "warp=1e308\ncx=0.3", "b.milk": "warp=-1e308"})
    (row,) = draw(library, tmp_path, num_pairs=1).manifest.pairs
    assert row.warp_diff is None
    assert row.cx_diff == 0.2
    assert "Infinity" not in (tmp_path / "presets/demo" / PAIRS_MANIFEST_NAME).read_text()


def test_errors_carry_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AivjError) as caught:
        draw([], tmp_path)
    assert caught.value.remedy
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(("num_presets", "num_pairs"), [(2, 1), (3, 1), (5, 2), (8, 4), (9, 4)])
def test_a_small_library_gives_what_it_can_where_fewer_will_do(
    make_library, tmp_path: Path, num_presets: int, num_pairs: int
) -> None:
    library = make_library(dict(list(PRESETS.items())[:num_presets]))
    assert len(draw(library, tmp_path, fewer_will_do=True).manifest.pairs) == num_pairs


def test_one_preset_makes_no_pair_even_then(make_library, tmp_path: Path) -> None:
    library = make_library(dict(list(PRESETS.items())[:1]))
    with pytest.raises(InputError, match="each of 1 pairs"):
        draw(library, tmp_path, fewer_will_do=True)


def test_what_was_passed_over_stands_beside_the_pack(make_library, tmp_path: Path) -> None:
    library = make_library({**PRESETS, "empty.milk": "", "copy.milk": PRESETS["Author1 - x.milk"]})

    def accept(file, _data):
        odd = file.relative_path.startswith("Author2")
        return Rejection("odd", f"as {file.relative_path} is") if odd else True

    drawn = draw(library, tmp_path, num_pairs=9, accept=accept)

    told = json.loads((drawn.folder / PASSED_OVER_NAME).read_text())["presets"]
    assert [PassedOverPreset(**each) for each in told] == drawn.passed_over.presets
    counts = Counter(each["reason"] for each in told)
    assert counts == drawn.provenance.skipped
    assert counts.keys() == {"odd", "empty", "duplicate"}
    odd = next(each for each in told if each["reason"] == "odd")
    assert odd["detail"] == f"as {odd['source']} is"
    assert made_beside(drawn.folder) == []
    assert draw(library, tmp_path, num_pairs=9, accept=accept).was_there


def test_no_more_bytes_are_copied_than_allowed(make_library, tmp_path: Path) -> None:
    library = make_library(PRESETS)
    num_bytes = sum(
        path.stat().st_size for path in draw(library, tmp_path).folder.glob("[fb]g/*.milk")
    )

    assert draw(library, tmp_path, pack="same", max_bytes=num_bytes).manifest.pairs
    with pytest.raises(InputError, match="--max-mb"):
        draw(library, tmp_path, pack="other", max_bytes=num_bytes - 1)
    assert not (tmp_path / "presets/other").exists()


def test_a_pack_drawn_otherwise_is_known_without_drawing(make_library, tmp_path: Path) -> None:
    library = make_library(PRESETS)
    folder = draw(library, tmp_path).folder
    same = {"seed": 7, "source": "library", "parameters": {"numPairs": 4}}

    refuse_other_draw(folder, **same)
    refuse_other_draw(tmp_path / "presets/free", **same)
    for other in ({"seed": 8}, {"source": "others"}, {"parameters": {"numPairs": 5}}):
        with pytest.raises(InputError, match="--replace"):
            refuse_other_draw(folder, **{**same, **other})
    (folder / PROVENANCE_NAME).unlink()
    with pytest.raises(InputError, match="move it away"):
        refuse_other_draw(folder, **same)
