"""What a net is told of a pair."""

from dataclasses import fields

import numpy as np
import pytest

from aivj.coupling.eval_target import eval_targets01
from aivj.coupling.pair_inputs import (
    FIGURE_NAMES,
    INPUT_NAMES,
    PAIR_SPEC,
    TARGET01,
    PairInputs,
    inputs_of,
)
from aivj.coupling.served_files import USUAL_FIGURES
from aivj.takes.figures import PairFigures


def figures(num_pairs):
    rng = np.random.default_rng(num_pairs)
    return PairFigures(**{each.name: rng.uniform(0, 1, num_pairs) for each in fields(PairFigures)})


def test_the_target_comes_first_and_figures_behind_it():
    seen = figures(5)

    told = inputs_of(seen, "v1")

    assert told.shape == (5, len(INPUT_NAMES))
    assert told[:, TARGET01] == pytest.approx(eval_targets01(seen), abs=1e-6)
    assert told[:, INPUT_NAMES.index("spatial_detail")] == pytest.approx(seen.spatial_detail)
    assert told[:, INPUT_NAMES.index("audio_response_bg")] == pytest.approx(
        np.log10(seen.audio_response_bg), abs=1e-6
    )


def test_what_is_told_has_a_version():
    """If this fails, what nets are told of pairs changed: give PAIR_SPEC a new version."""
    assert PAIR_SPEC == "pair-v1/20"


def test_a_served_model_has_an_ordinary_pair_to_show():
    assert set(USUAL_FIGURES) == set(FIGURE_NAMES)


def test_pairs_are_found_by_their_presets_and_others_are_not_known():
    front, back = np.array([7, 0, 7, 3, 2]), np.array([1, 9, 1, 3, 2])
    values = np.array([[1, 2], [3, 4], [1, 2], [5, np.nan], [6, 7]], np.float32)

    told = PairInputs.of_pairs(front, back, values)

    assert (told.width, len(told.keys)) == (2, 3)
    found = told.of(np.array([0, 1, 7, 3]), np.array([9, 7, 1, 3]))
    assert found[[0, 2]].tolist() == [[3, 4], [1, 2]]
    assert np.isnan(found[[1, 3]]).all()
    assert told.knows(np.array([0, 1]), np.array([9, 7])).tolist() == [True, False]
    assert set(zip(*(rows.tolist() for rows in told.pairs), strict=True)) == {
        (0, 9),
        (2, 2),
        (7, 1),
    }


def test_nothing_may_be_known():
    told = PairInputs.none()

    assert told.of(np.array([1, 2]), np.array([2, 1])).shape == (2, 0)
    assert not told.knows(np.array([1]), np.array([2])).any()
