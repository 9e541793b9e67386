from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.author import author_names, first_author, first_word, preset_family
from aivj.presets.milk import Milk, parse_milk

MILK = parse_milk(b"zoom=1")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Rovastar - Harlequin's Spirit (Twisted Mix).milk", "rovastar"),
        ("presets_stock/Mstress & Juppy - Dancer.milk", "mstress"),
        ("Stahlregen & Aderrasi + EoS + Geiss - Prickly Abyss.milk", "stahlregen"),
        ("Hexcollie, geiss, Flexi, yin n Phat - Pinwheel.milk", "hexcollie"),
        ("Rovastar and Unchained - Oozing.MILK", "rovastar"),
        ("Unchained vs Rovastar vs Zylot - x.milk", "unchained"),
        ("Redi Jedi - quit smoking my water,you dick.milk", "redijedi"),
        ("[Ishan] - Soul Amplifier.milk", "ishan"),
        ("Eo.S. - glowsticks.milk", "eos"),
        ("EoS+Phat Fractical_dancer_v2d.milk", "eos"),
        ("Phat_Zylot_EoS rainbow bubble.milk", "phat"),
        ("BrainStain-Blackwidow.milk", "brainstain"),
        ("_Geiss - untitled.milk", "geiss"),
        ("000 - yin - fish.milk", "yin"),
        ("$$$ Royal - Mashup (3).milk", "royal"),
    ],
)
def test_the_first_author_makes_the_family(name: str, family: str) -> None:
    assert preset_family(name, MILK) == family


def test_a_name_without_a_word_leaves_the_content() -> None:
    family = preset_family("185.milk", MILK)
    assert family.startswith("content:")
    assert family == preset_family("86.milk", MILK)
    assert family != preset_family("185.milk", parse_milk(b"zoom=2"))


@pytest.mark.parametrize(
    ("name", "author", "word"),
    [
        ("Rovastar & Geiss - Dynamic.milk", "rovastar", "rovastar"),
        ("EoS+Phat Fractical_dancer_v2d.milk", "", "eos"),
        ("coupled_00001_20260101_010203_fg.milk", "", "coupled"),
        ("folder - of/somebody/185.milk", "", ""),
    ],
)
def test_an_author_is_set_apart_from_the_title(name: str, author: str, word: str) -> None:
    assert (first_author(name), first_word(name)) == (author, word)


def test_all_authors_are_found() -> None:
    name = "Hexcollie, geiss, Flexi, yin n Phat - Pinwheel - Mix.milk"
    assert author_names(name) == ["hexcollie", "geiss", "flexi", "yin", "phat"]
    assert author_names("185.milk") == []


@settings(deadline=None)
@given(st.text())
def test_any_name_has_a_family(name: str) -> None:
    assert preset_family(name, MILK)


def test_real_authors_are_found(milks: dict[str, Milk]) -> None:
    families = Counter(preset_family(name, milk) for name, milk in milks.items())
    largest = [family for family, _ in families.most_common(5)]
    assert {"rovastar", "geiss", "unchained"} <= set(largest)
    assert sum(num for family, num in families.items() if family.startswith("content:")) < 20
