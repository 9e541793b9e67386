"""A space of presets by the terms of their code."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from aivj.packs.term_space import MIN_PRESETS, TermSpace

THEMES = (["sin", "cos"], ["tex2d", "blur", "lerp"], ["rand", "floor"])


def made(num_presets, seed=0):
    """Presets of three themes, in turn, each with common words and one of its own."""
    rng = np.random.default_rng(seed)
    presets = []
    for number in range(num_presets):
        words = rng.choice(THEMES[number % 3], 6).tolist() + ["zoom"] * int(rng.integers(1, 9))
        presets.append(Counter([*words, f"own{number}"]))
    return presets


def test_presets_of_one_theme_lie_together():
    presets = made(60)

    space = TermSpace.fit(presets, num_directions=4)
    places = space.describe(presets)

    assert places.shape == (60, 4)
    assert np.linalg.norm(places, axis=1) == pytest.approx(np.ones(60), abs=1e-6)
    likeness = places @ places.T
    same = np.equal.outer(np.arange(60) % 3, np.arange(60) % 3)
    assert likeness[same].min() > likeness[~same].max()


def test_terms_of_few_or_of_nearly_all_are_left_out_and_others_weigh_as_they_should():
    presets = made(30)

    space = TermSpace.fit(presets)

    assert set(space.terms) == {word for theme in THEMES for word in theme}
    rows = [list(preset.elements()) for preset in presets]
    usual = TfidfVectorizer(
        analyzer=lambda row: row, sublinear_tf=True, min_df=MIN_PRESETS, max_df=0.9
    ).fit_transform(rows)
    assert space.weigh(presets).toarray() == pytest.approx(usual.toarray(), abs=1e-6)


def test_what_a_space_does_not_know_lies_nowhere():
    space = TermSpace.fit(made(30))

    places = space.describe([Counter(["zoom", "never"]), *made(2)])

    assert not places[0].any()
    assert places[1].any()


@pytest.mark.parametrize("num_presets", [0, 1, 2])
def test_too_few_presets_make_a_space_of_no_directions(num_presets):
    presets = made(num_presets)

    space = TermSpace.fit(presets)

    assert space.describe(presets).shape == (num_presets, 0)
    assert space.spec.endswith("/0")


def test_of_many_presets_a_part_is_enough_and_the_seed_decides_which():
    presets = made(60)

    spaces = [TermSpace.fit(presets, max_fitted=20, seed=seed) for seed in (0, 0, 1)]

    assert spaces[0].spec == spaces[1].spec != spaces[2].spec
    assert spaces[0].describe(presets).shape[0] == 60


@pytest.mark.parametrize("num_presets", [0, 30])
def test_a_space_is_kept_as_arrays(num_presets):
    presets = made(num_presets)
    space = TermSpace.fit(presets)

    again = TermSpace.from_arrays(space.arrays)

    assert (again.spec, again.terms) == (space.spec, space.terms)
    assert again.describe(presets).tolist() == space.describe(presets).tolist()


PRINT_SPEC = """
import sys
sys.path.insert(0, {folder!r})
from packs.test_term_space import made
from aivj.packs.term_space import TermSpace
print(TermSpace.fit(made(60)).spec)
"""


def test_the_same_presets_give_the_same_bytes_in_another_process():
    folder = str(__file__).rsplit("/packs/", 1)[0]

    said = subprocess.run(
        [sys.executable, "-c", PRINT_SPEC.format(folder=folder)],
        capture_output=True,
        check=True,
        text=True,
    )

    assert said.stdout.strip() == TermSpace.fit(made(60)).spec
