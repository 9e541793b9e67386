import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.title import preset_title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Rovastar - Altars Of Madness 4 (Spirit Of Twisted Madness M.milk", "altars of madness"),
        ("Rozzor and Rovastar - Altars Of Madness 3 (ooze tweak with .milk", "altars of madness"),
        ("Geiss - Swirlie 5.milk", "swirlie"),
        ("Fvese - Zoom Effects (Remix 2).milk", "zoom effects"),
        ("Aderrasi + Geiss - Airhandler (Square Mix).milk", "airhandler"),
        ("Aderrasi - Airhandler.milk", "airhandler"),
        ("yin - 327 - Pastel fantasies (freeform funk).milk", "pastel fantasies"),
        (
            "presets_stock/Rovastar - Harlequin's Dynamic Fractal 3.milk",
            "harlequins dynamic fractal",
        ),
        ("Unchained - Beat Demo 2-3.MILK", "beat demo"),
        ("Krash - Windowframe To Mega Swirl 2b.milk", "windowframe to mega swirl"),
        ("Mstress - Dancer remix v2.milk", "dancer"),
        ("Rovastar - Ooze [edit] (Mix).milk", "ooze"),
        ("Geiss - 3.milk", ""),
        ("EoS+Phat Fractical_dancer_v2d.milk", ""),
        ("coupled_00001_20260101_010203_fg.milk", ""),
        ("185.milk", ""),
    ],
)
def test_remixes_have_one_title(name: str, title: str) -> None:
    assert preset_title(name) == title


@settings(deadline=None)
@given(st.text())
def test_any_name_has_plain_words_or_none(name: str) -> None:
    words = preset_title(name).split(" ")
    assert words == [""] or all(word.isalnum() and word == word.lower() for word in words)


def test_most_real_titles_are_found(corpus: dict[str, bytes]) -> None:
    titles = [preset_title(name) for name in corpus]
    assert sum(not title for title in titles) < 0.05 * len(titles)
    assert 1000 < len(set(titles)) < 0.4 * len(titles)
