from itertools import islice
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aivj.packs.drawing import MAX_PRESET_BYTES, SeededDraw, name_pairs
from aivj.packs.scan import PresetFile

PRESETS = {f"set/Author{number} - x.milk": f"zoom={number}" for number in range(40)}


def drawn(library, seed: int, purpose: str = "test") -> list[str]:
    return [
        preset.source.relative_path for preset in SeededDraw(library, purpose=purpose, seed=seed)
    ]


def test_the_order_follows_seed_and_purpose_alone(make_library) -> None:
    library = make_library(PRESETS)
    order = drawn(library, 1)
    assert sorted(order) == sorted(PRESETS)
    assert order == drawn(library[::-1], 1)
    assert order != drawn(library, 2)
    assert order != drawn(library, 1, "other")


def test_the_order_is_the_same_everywhere(make_library) -> None:
    """If this fails, seeds no longer mean the packs they used to mean."""
    library = make_library({f"{letter}.milk": f"zoom={letter!r}" for letter in "abcdef"})
    assert drawn(library, 7) == [f"{letter}.milk" for letter in "adcefb"]


def test_added_presets_leave_the_others_in_order(make_library) -> None:
    before = drawn(make_library(PRESETS), 3)
    after = drawn(make_library(PRESETS | {"new.milk": "warp=9"}), 3)
    assert [name for name in after if name != "new.milk"] == before


def test_what_cannot_be_used_is_passed_over_and_counted(make_library, tmp_path: Path) -> None:
    library = make_library(
        {
            "one.milk": "zoom=1\nfRating=1",
            "copy.milk": "[preset00]\r\nfRating=5\r\nzoom=1.0\r\n",
            "two.milk": "zoom=2",
            "empty.milk": "nothing",
            "large.milk": "x=1\n" * (MAX_PRESET_BYTES // 4 + 1),
            "refused.milk": "zoom=3",
        }
    )
    library.append(PresetFile("gone.milk", tmp_path / "gone.milk"))
    draw = SeededDraw(library, purpose="test", seed=0, accept=lambda _, data: data != b"zoom=3")
    names = {preset.source.relative_path for preset in draw}
    assert names in ({"one.milk", "two.milk"}, {"copy.milk", "two.milk"})
    assert draw.skipped == {
        "duplicate": 1,
        "empty": 1,
        "too large": 1,
        "rejected": 1,
        "unreadable": 1,
    }


def test_accept_is_asked_about_drawn_presets_only(make_library) -> None:
    asked: list[str] = []

    def accept(file: PresetFile, data: bytes) -> bool:
        assert file.path.read_bytes() == data
        asked.append(file.relative_path)
        return True

    draw = SeededDraw(make_library(PRESETS), purpose="test", seed=0, accept=accept)
    names = [preset.source.relative_path for preset in islice(draw, 3)]
    assert asked == names


@given(st.integers(0, 2000), st.integers(1, 30))
def test_pairs_have_names_of_one_length(first: int, num_pairs: int) -> None:
    pairs = name_pairs("p", first, [(None, None)] * num_pairs)
    assert [pair.number for pair in pairs] == list(range(first, first + num_pairs))
    assert len({len(pair.stem) for pair in pairs}) == 1
    assert pairs[0].fg_file == f"fg/{pairs[0].stem}_fg.milk"
    assert all(pair.stem == f"p{pair.number:0{len(pair.stem) - 1}d}" for pair in pairs)
