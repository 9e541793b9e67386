"""What a style index v0 reads from names: the runtime's own rules."""

import pytest

from aivj.styles.name_rules import author_key, name_tags, named_band, named_energy


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("A - Soft Wave.milk", "a"),
        ("Flexi + Martin - acid trip.milk", "flexi-martin"),
        ("no author here.milk", "no-author-here"),
        ("Ünï - x", "n"),
        (" - x", "unknown"),
        ("...", "unknown"),
        ("x" * 200, "x" * 80),
    ],
)
def test_an_author_is_a_slug(label, key):
    assert author_key(label) == key


@pytest.mark.parametrize(
    ("label", "energy"),
    [
        ("x - Soft rave", "peak"),  # peak is tested before calm
        ("x - Soft wave", "calm"),
        ("x - Plain", "groove"),
        ("x - Warped", "peak"),  # a part of a word is enough
        ("x - OCEAN", "calm"),
    ],
)
def test_energy_is_read_from_words(label, energy):
    assert named_energy(label) == energy


@pytest.mark.parametrize(
    ("label", "band"),
    [
        ("kick", "low"),
        ("hat and snare with a kick", "high"),
        ("synth kick snare", "mid"),
        ("kick snare", "low"),
        ("none of these", None),
    ],
)
def test_a_band_is_what_most_words_speak_for(label, band):
    assert named_band(label) == band


def test_tags_tell_energy_author_and_band():
    assert name_tags("A - bass drone", "peak") == ["energy:peak", "author:a", "band:low"]
    assert name_tags(" - x", "groove") == ["energy:groove"]
    assert name_tags("A - x", "calm", with_author=False) == ["energy:calm"]
