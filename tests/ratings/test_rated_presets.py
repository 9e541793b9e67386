from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.ratings import RatedPack, rated_presets, read_rated_pack


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Reads a pack given as the text of its files by name, however few they are."""
    monkeypatch.setattr(rated_presets, "MIN_OF_EACH", 0)

    def read(**texts: str) -> RatedPack:
        for name, text in texts.items():
            (tmp_path / f"{name}.milk").write_text(text)
        return read_rated_pack(tmp_path)

    return read


def test_high_and_low_are_kept_and_the_rest_says_nothing(read) -> None:
    ratings = {"a": 5, "b": 4, "c": 3.5, "d": 3, "e": 2.5, "f": 2, "g": 0}
    pack = read(
        **{
            name: f"zoom=1.{name_or}\nfRating={r}"
            for name_or, (name, r) in enumerate(ratings.items())
        },
        unrated="zoom=9",
    )
    found = {preset.name: preset.is_high for preset in pack.presets}
    assert found == {"a.milk": True, "b.milk": True, "f.milk": False, "g.milk": False}
    assert (pack.num_files, pack.num_contents, pack.num_contradictory) == (8, 8, 0)


@pytest.mark.parametrize(
    ("ratings", "is_high", "num_contradictory"),
    [
        ([3, 5], [True], 0),
        ([2, 3], [False], 0),
        ([4, 5, 4], [True], 0),
        ([1, 5], [], 1),
        ([3, 3], [], 0),
    ],
)
def test_copies_are_one_preset(
    read, ratings: list[int], is_high: list[bool], num_contradictory: int
) -> None:
    copies = {f"copy{n}": f"zoom=1.5\nfRating={r}" for n, r in enumerate(ratings)}
    pack = read(**copies)
    assert [preset.is_high for preset in pack.presets] == is_high
    assert pack.num_contents == 1
    assert pack.num_contradictory == num_contradictory


def test_the_format_is_told_by_custom_parts(read) -> None:
    old, new = "zoom=1\nfRating=5", "zoom=2\nfRating=5\nshapecode_0_enabled=0"
    assert [p.is_milkdrop_2 for p in read(old=old, young=new).presets] == [False, True]


def test_few_ratings_are_refused(rated_folder) -> None:
    with pytest.raises(InputError, match="19 and 19"):
        read_rated_pack(rated_folder(19))
    assert len(read_rated_pack(rated_folder(20, name="enough")).presets) == 40


def test_the_known_pack_has_the_known_numbers(corpus: Path) -> None:
    """696 and 452 with the one preset whose copies were rated 1 and 5."""
    pack = read_rated_pack(corpus / "presets_tryptonaut")
    assert len(pack.presets) == 695
    assert sum(preset.is_milkdrop_2 for preset in pack.presets) == 451
    assert pack.num_contradictory == 1
