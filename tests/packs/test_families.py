from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.packs.families import NamedPreset, _authors, _titles, family_of
from aivj.packs.scan import PresetFile
from aivj.presets import parse_milk
from aivj.presets.author import first_author

EMPTY = parse_milk(b"")


def families(*names: str) -> list[int]:
    return family_of(NamedPreset(name, EMPTY) for name in names).tolist()


def same_partition(one: Sequence[int], other: Sequence[int]) -> bool:
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


def test_authors_are_found_also_without_a_separator() -> None:
    names = ["Geiss - A", "Phat + EoS - B", "phat_C", "Tokyo corridor", "185", "geiss & x - D"]
    assert _authors(names) == ["geiss", "phat", "phat", None, None, "geiss"]


def test_words_that_stand_where_an_author_would_join_nobody() -> None:
    assert _authors(["MilkDrop - A", "milkdrop - B", "Unknown - C", "unknown - D"]) == [None] * 4
    pairs = [f"coupled_{n:05}_20260101_010203_{layer}.milk" for n in range(3) for layer in "ab"]
    assert _authors(pairs) == [None] * 6


def test_titles_join_remixes() -> None:
    names = ["A - Deep Sea", "B - deep sea (mix)", "A - Untitled", "B - untitled 2", "C - 3"]
    assert _titles(names) == ["deep sea", "deep sea", None, None, None]


def test_a_theme_goes_to_whoever_has_most_of_it() -> None:
    names = [
        "Rovastar - Altars.milk",
        "Rovastar - Altars 2.milk",
        "Krash - Altars (mix).milk",
        "Krash - Other.milk",
        "Rovastar - Third.milk",
    ]
    assert families(*names) == [0, 0, 0, 1, 0]


def test_near_duplicates_are_a_theme() -> None:
    code = b"per_frame_1=wobble = 0.317*sin(time*1.123); spin = 0.771*wobble; rot = spin;"
    names = ["Geiss - A", "Geiss - B", "Krash - C", "Krash - D", "xyz 1", "xyz 2"]
    codes = [code, b"", code, b"", code, b""]
    presets = [NamedPreset(n, parse_milk(c)) for n, c in zip(names, codes, strict=True)]
    assert family_of(presets).tolist() == [0, 0, 0, 1, 0, 2]


def test_nobodys_presets_are_alone() -> None:
    assert families("185.milk", "86.milk", "some thing.milk") == [0, 1, 2]
    assert families() == []


NAMES = st.lists(
    st.sampled_from(["A - x", "A - y", "B - x", "B - z", "C - z", "C - y", "a b", "7"])
)


@settings(deadline=None)
@given(NAMES, st.randoms())
def test_the_order_does_not_matter(names: list[str], chance) -> None:
    order = list(range(len(names)))
    chance.shuffle(order)
    shuffled = families(*(names[item] for item in order))
    assert same_partition([families(*names)[item] for item in order], shuffled)


def test_real_families_keep_themes_together_and_split_the_library(
    corpus: list[PresetFile],
) -> None:
    names = [file.path.name for file in corpus]
    milks = [parse_milk(file.path.read_bytes()) for file in corpus]
    found = family_of(NamedPreset(*pair) for pair in zip(names, milks, strict=True))
    sizes = np.bincount(found)
    assert sizes.max() < 0.25 * len(names)
    assert len(sizes) > 100
    titles = np.array([title or name for title, name in zip(_titles(names), names, strict=True)])
    assert all(len(set(found[titles == title])) == 1 for title in set(titles.tolist()))
    geiss = [first_author(name) == "geiss" for name in names]
    assert np.bincount(found[geiss]).max() > 0.85 * sum(geiss)
