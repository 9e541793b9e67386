"""A pack is chosen of takes that are there: what is in it, what is not, and what is said."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from curation.made_layers import music
from pipeline.made_studio import FAILED, NEVER_DRAWN, Studio

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.coupling.preset_rows import read_presets
from aivj.errors import InputError
from aivj.packs.provenance import PASSED_OVER_NAME, read_provenance
from aivj.pipeline.pairs import ChosenPack, choose_pack
from aivj.pipeline.pairs_report import write_pairs_report
from aivj.pipeline.pairs_request import PairsRequest

NUM_LIVELY = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    presets = tmp_path / "library"
    presets.mkdir()
    for number in range(8):
        (presets / f"Author - {number}.milk").write_text(f"warp={number}.5\ncx=0.{number}\n")
    (presets / "Author - again.milk").write_text("warp=0.5\ncx=0.0\n")
    return presets


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def request(tmp_path: Path, **changes: object) -> PairsRequest:
    asked = {
        "name": "best",
        "packs_root": tmp_path / "public",
        "feature_store": tmp_path / "features",
        "presets": tmp_path / "library",
        "num": 3,
        "max_uses": 2,
    }
    return PairsRequest(**asked | changes)


def chosen(tmp_path: Path, studio: Studio, **changes: object) -> ChosenPack:
    return choose_pack(request(tmp_path, **changes), studio.take_presets, music())


@pytest.mark.usefixtures("folder")
def test_a_pack_is_laid_out_as_the_runtime_loads_it(tmp_path: Path, studio: Studio) -> None:
    pack = chosen(tmp_path, studio)
    there = read_pairs_manifest(pack.drawn.folder / PAIRS_MANIFEST_NAME, pack="best")
    assert [pair.pair for pair in there.pairs] == [0, 1, 2]
    assert there.pairs[0].fg_url == "/presets/best/fg/p000_fg.milk"
    provenance = read_provenance(pack.drawn.folder)
    warps = {preset.content_hash: preset.milk.values["warp"] for preset in pack.presets}
    for pair, origin in zip(there.pairs, provenance.pairs, strict=True):
        difference = abs(warps[origin.fg.content_hash] - warps[origin.bg.content_hash])
        assert pair.warp_diff == pytest.approx(difference)
    uses = Counter(
        origin.content_hash for pair in provenance.pairs for origin in (pair.fg, pair.bg)
    )
    assert max(uses.values()) <= 2


@pytest.mark.usefixtures("folder")
def test_the_report_shows_both_sides_and_is_the_same_again(tmp_path: Path, studio: Studio) -> None:
    pages = []
    for _ in range(2):
        write_pairs_report(tmp_path / "p.html", request(tmp_path), chosen(tmp_path, studio))
        pages.append((tmp_path / "p.html").read_text())
    assert pages[0] == pages[1]
    assert pages[0].count("data:image/webp") == 6
    assert "wasm-trap" not in pages[0]
    assert "Mean target" in pages[0]


@pytest.mark.usefixtures("folder")
def test_the_provenance_says_what_decided(tmp_path: Path, studio: Studio) -> None:
    pack = chosen(tmp_path, studio, seed=4, variety=0.25, degraded="skip")
    provenance = read_provenance(pack.drawn.folder)
    assert (provenance.kind, provenance.seed) == ("chosen-pairs", 4)
    assert provenance.parameters == {
        "num": 3,
        "maxUses": 2,
        "quality": "target",
        "variety": 0.25,
        "method": "dpp",
        "numMeasured": 100_000,
        "degraded": "skip",
    }
    assert provenance.skipped == {
        "duplicate": 1,
        "not drawn": 1,
        "wasm-trap": 1,
        "a part cannot be drawn": 1,
    }
    assert "a trap" in (pack.drawn.folder / PASSED_OVER_NAME).read_text()
    assert len(pack.presets) == len(pack.pictures) == NUM_LIVELY


@pytest.mark.usefixtures("folder")
def test_the_same_call_leaves_the_pack_alone_and_another_needs_to_be_told(
    tmp_path: Path, studio: Studio
) -> None:
    first = chosen(tmp_path, studio)
    before = {path: path.read_bytes() for path in first.drawn.folder.rglob("*") if path.is_file()}
    assert chosen(tmp_path, studio).drawn.was_there
    after = {path: path.read_bytes() for path in first.drawn.folder.rglob("*") if path.is_file()}
    assert after == before
    studio.asked.clear()
    with pytest.raises(InputError, match="--replace"):
        chosen(tmp_path, studio, num=2)
    assert studio.asked == []
    assert len(chosen(tmp_path, studio, num=2, replace=True).drawn.manifest.pairs) == 2


@pytest.mark.usefixtures("folder")
def test_the_presets_of_a_pack_are_paired_anew(tmp_path: Path, studio: Studio) -> None:
    first = chosen(tmp_path, studio, name="first")
    again = chosen(tmp_path, studio, presets=None, from_pack="first")
    names = {file for pair in again.drawn.provenance.pairs for file in (pair.fg.source,)}
    assert names <= {
        origin.source for pair in first.drawn.provenance.pairs for origin in (pair.fg, pair.bg)
    }
    assert again.drawn.provenance.source_folder == "first"


@pytest.mark.usefixtures("folder")
def test_fewer_pairs_than_asked_for_are_said(tmp_path: Path, studio: Studio) -> None:
    pack = chosen(tmp_path, studio, num=300, max_uses=1, degraded="skip")
    assert len(pack.drawn.manifest.pairs) == NUM_LIVELY // 2
    (note,) = pack.notes
    assert note.startswith("2 pairs instead of 300")
    assert note.endswith("used up")
    (note,) = chosen(tmp_path, studio, name="few", num=300, num_measured=8).notes
    assert note.endswith("--measured looks at more")


def test_presets_of_which_no_two_can_be_drawn_are_refused(tmp_path: Path, studio: Studio) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for number in (0, FAILED, NEVER_DRAWN):
        (library / f"{number}.milk").write_text(f"warp={number}.5\n")
    with pytest.raises(InputError, match="1 not drawn, 1 wasm-trap"):
        chosen(tmp_path, studio)
    assert not (tmp_path / "public").exists()


def test_one_preset_is_not_even_drawn(tmp_path: Path, studio: Studio) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "0.milk").write_text("warp=0.5\n")
    with pytest.raises(InputError, match="at least 2 different presets"):
        chosen(tmp_path, studio)
    assert studio.asked == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("both", [True, False])
def test_presets_come_from_one_place(tmp_path: Path, studio: Studio, both: bool) -> None:
    where = {"from_pack": "first"} if both else {"presets": None}
    with pytest.raises(InputError, match="--presets DIR or --pack PACK"):
        chosen(tmp_path, studio, **where)


@pytest.mark.usefixtures("folder")
def test_a_pack_that_is_too_large_is_refused(
    tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aivj.pipeline.pairs.MEGABYTE", 50)
    with pytest.raises(InputError, match="--max-mb"):
        chosen(tmp_path, studio, max_mb=1)
    assert not (tmp_path / "public").exists()


@pytest.mark.usefixtures("folder")
def test_a_score_without_a_net_is_refused(tmp_path: Path, studio: Studio) -> None:
    with pytest.raises(InputError, match="--checkpoint"):
        chosen(tmp_path, studio, quality="score")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("quality", "first_is_favourite", "net"),
    [("score", True, "its bytes"), ("target", False, None)],
)
def test_a_net_is_asked_of_the_presets_that_pairs_are_made_of(
    tmp_path: Path,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    quality: str,
    first_is_favourite: bool,
    net: str | None,
) -> None:
    plain = chosen(tmp_path, studio, name="plain", num=1)
    others = set(range(NUM_LIVELY)) - set(plain.best.chosen.pairs[0].tolist())
    wanted = plain.presets[min(others)].content_hash

    def likes_one_in_front(_checkpoint, rows, fg_index, _bg_index, _device, _told):
        hashes = np.array(rows.table.hashes)
        return np.where(hashes[fg_index] == wanted, 1.0, 0.1)

    monkeypatch.setattr(
        "aivj.pipeline.pairs.read_checkpoint", lambda _: SimpleNamespace(digest="its bytes")
    )
    monkeypatch.setattr(
        "aivj.pipeline.pairs.read_described", lambda _, store, files: read_presets(store, files)
    )
    monkeypatch.setattr("aivj.pipeline.pairs.measured_inputs", lambda *_: None)
    monkeypatch.setattr("aivj.pipeline.pairs.predict", likes_one_in_front)
    pack = chosen(
        tmp_path, studio, quality=quality, num=1, checkpoint_path=tmp_path / "net.safetensors"
    )
    assert pack.drawn.provenance.parameters.get("net") == net
    front = pack.drawn.provenance.pairs[0].fg.content_hash
    assert (front == wanted) == first_is_favourite


@pytest.mark.usefixtures("folder")
def test_half_of_a_pack_may_be_at_random(tmp_path: Path, studio: Studio) -> None:
    plain = chosen(tmp_path, studio, name="plain", num=2)
    pack = chosen(tmp_path, studio, num=3, contrast=True)

    numbers = {preset.content_hash: number for number, preset in enumerate(pack.presets)}
    pairs = [
        (numbers[pair.fg.content_hash], numbers[pair.bg.content_hash])
        for pair in pack.drawn.provenance.pairs
    ]
    best, at_random = (side.pairs.tolist() for side in (pack.best.chosen, pack.best.at_random))
    assert [list(pair) for pair in pairs[:2]] == best == plain.best.chosen.pairs.tolist()
    assert list(pairs[2]) in at_random
    assert len({frozenset(pair) for pair in pairs}) == 3
    assert pack.notes == ()
    write_pairs_report(tmp_path / "p.html", request(tmp_path, num=3, contrast=True), pack)
    page = (tmp_path / "p.html").read_text()
    assert all(told in page for told in ("2 of 2", "at random in the pack", "Vendi of 2"))
    assert pack.drawn.provenance.parameters["numAtRandom"] == 1


@pytest.mark.usefixtures("folder")
def test_of_the_presets_so_many_that_are_accepted(tmp_path: Path, studio: Studio) -> None:
    pack = choose_pack(
        request(tmp_path, max_presets=3),
        studio.take_presets,
        music(),
        accept=lambda file, _: file.relative_path < "Author - 5",
    )
    assert len(studio.asked) == len(pack.presets) == 3
    assert all(preset.source.relative_path < "Author - 5" for preset in pack.presets)
    assert pack.drawn.provenance.parameters["maxPresets"] == 3
