from dataclasses import fields

import numpy as np
import pytest

from aivj.takes.batch import pair_figures
from aivj.takes.figures import PairFigures
from aivj.takes.picture import FOREGROUND_OPACITY, LUMA_UNIT, WHOLE_LUMA_WEIGHTS
from aivj.takes.reactivity import Heard
from aivj.takes.screen import screen
from aivj.takes.settings import RenderSettings
from aivj.takes.table import LayerTable
from tests.takes.pictures import lively_layer

SETTINGS = RenderSettings(measure_frames=8, silent_frames=2, silent_every=4)
HEARD = Heard(np.arange(8.0), (np.ones(8),))
NUM_LAYERS = 7
TABLE = LayerTable.of(
    (lively_layer(SETTINGS, seed) for seed in range(NUM_LAYERS)), NUM_LAYERS, SETTINGS
)
SCREENED = screen(TABLE, TABLE)
PLACES = [places.ravel() for places in np.indices((NUM_LAYERS, NUM_LAYERS))]
EXACT = pair_figures(TABLE, *PLACES, HEARD)
HALF_A_BYTE = 0.5 / 255
SHARED = {field.name for field in fields(SCREENED)} & {field.name for field in fields(PairFigures)}


def unrounded(front, back):
    """Luma's channels of the composites of two layers, 0 to 1, weighted by their roots."""
    planes = TABLE.planes[front] * (FOREGROUND_OPACITY / 255), TABLE.planes[back] / 255
    composite = 1 - (1 - planes[0]) * (1 - planes[1])
    weights = np.array(WHOLE_LUMA_WEIGHTS) * 255 / LUMA_UNIT
    return composite * np.sqrt(weights)[:, None, None]


def root_mean_square(difference):
    """Of each frame, and the mean of these."""
    return np.sqrt(np.square(difference).sum(axis=0).mean(axis=-1)).mean()


def test_most_figures_are_those_of_measured_pairs():
    assert len(SHARED) == len(fields(SCREENED)) - 2


@pytest.mark.parametrize("name", sorted(SHARED))
def test_they_are_exact_but_for_rounding_to_bytes(name):
    found, exact = getattr(SCREENED, name), getattr(EXACT, name).reshape(NUM_LAYERS, NUM_LAYERS)

    assert found.dtype == np.float32
    assert found == pytest.approx(exact, abs=1e-6 if name.startswith("viz") else HALF_A_BYTE)
    assert np.ptp(exact) > 10 * HALF_A_BYTE or name == "viz_avg_frame_delta"


def test_energies_are_those_of_the_composite_that_is_not_rounded():
    for front, back in ((0, 1), (2, 2), (6, 3)):
        composite = unrounded(front, back)
        changes = composite[:, [8, 4]] - composite[:, [7, 3]]
        answers = composite[:, [4, 8]] - composite[:, [9, 10]]

        assert SCREENED.motion_energy[front, back] == pytest.approx(
            root_mean_square(changes), rel=1e-4
        )
        assert SCREENED.response_energy[front, back] == pytest.approx(
            root_mean_square(answers), rel=1e-4
        )


def test_blocks_make_no_difference(monkeypatch):
    monkeypatch.setattr("aivj.takes.screen._LAYERS_AT_A_TIME", 3)

    in_blocks = screen(TABLE, TABLE, num_threads=2)

    for field in fields(in_blocks):
        assert getattr(in_blocks, field.name) == pytest.approx(
            getattr(SCREENED, field.name), abs=1e-6
        )
