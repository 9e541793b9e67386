from datetime import UTC, datetime
from pathlib import Path

import pytest

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.errors import InputError
from aivj.packs.keeping import REPLACED_FOLDER, keep_replaced, made_beside
from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JUDGEMENTS = b'{"v":"v0","winner":{"pack":"mine","pair":0}}\n'


@pytest.fixture
def draw(tmp_path: Path):
    library = tmp_path / "library"
    library.mkdir()
    for number in range(20):
        (library / f"{number}.milk").write_text(f"zoom=1.{number}\nwarp={number}\n")

    def drawn(seed: int, **options):
        return draw_coupled_pack(
            scan_presets(library),
            pack="mine",
            num_pairs=4,
            seed=seed,
            packs_root=tmp_path,
            generated_at=NOON,
            **options,
        )

    return drawn


def judged(folder: Path) -> Path:
    (folder / "preferences.jsonl").write_bytes(JUDGEMENTS)
    (folder / "pairs-quality.v0.json").write_bytes(b"{}")
    return folder


def test_another_draw_is_refused_and_leaves_all_as_it_was(draw, tree) -> None:
    folder = judged(draw(1).folder)
    before = tree(folder)
    with pytest.raises(InputError, match=r"preferences\.jsonl.*--replace"):
        draw(2)
    assert tree(folder) == before


def test_the_same_draw_says_that_it_was_there(draw, tree) -> None:
    folder = judged(draw(1).folder)
    before = tree(folder)
    again = draw(1, replace=True)
    assert again.was_there
    assert tree(folder) == before
    assert again.kept is None


def test_what_people_made_stays_with_the_pairs_it_is_of(draw, tree) -> None:
    first = draw(1)
    before = tree(judged(first.folder))
    second = draw(2, replace=True)
    assert second.kept is not None
    assert tree(second.kept) == before
    assert made_beside(second.folder) == []
    there = read_pairs_manifest(second.folder / PAIRS_MANIFEST_NAME, pack="mine")
    assert there.pairs == second.manifest.pairs


def test_the_same_pack_judged_twice_is_kept_twice(draw, tmp_path: Path) -> None:
    judged(draw(1).folder)
    first = draw(2, replace=True).kept
    judged(draw(1, replace=True).folder)
    second = draw(2, replace=True).kept
    assert {path.name for path in (tmp_path / REPLACED_FOLDER).iterdir()} == {
        path.name for path in (first, second)
    }
    assert second.name == f"{first.name}-2"


def test_a_pack_that_can_be_drawn_again_is_not_kept(draw, tmp_path: Path) -> None:
    draw(1)
    assert draw(2, replace=True).kept is None
    assert not (tmp_path / REPLACED_FOLDER).exists()
    assert keep_replaced(tmp_path / "presets" / "nowhere") is None
