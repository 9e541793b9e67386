"""Batches against pair by pair, whatever computes them."""

from dataclasses import fields

import numpy as np
import pytest
from torch_devices import DEVICES

from aivj.errors import InputError
from aivj.takes.batch import pair_figures
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.compose import compose
from aivj.takes.figures import PairFigures, measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings
from aivj.takes.table import LayerTable
from tests.takes.pictures import lively_layer, plain

SETTINGS = RenderSettings(measure_frames=12, silent_frames=2, silent_every=5, frames_per_s=9)
_RNG = np.random.default_rng(3)
HEARD = Heard(_RNG.random(12), (_RNG.random(12), _RNG.random(12)))
NAMES = [field.name for field in fields(PairFigures)]


def noise(seed):
    rng = np.random.default_rng(seed)
    shape = (15, CELL_ROWS, CELL_COLUMNS, 3)
    frames = rng.integers(0, 256, shape, np.uint8)
    return LayerCells(frames[:13], frames[13:])


def still(color):
    return LayerCells(plain([color] * 13), plain([color] * 2))


LAYERS = [
    *(lively_layer(SETTINGS, seed) for seed in range(4)),
    *(noise(seed) for seed in range(2)),
    *(still(color) for color in [(0, 0, 0), (255, 255, 255), (5, 5, 5)]),
    LayerCells(plain([0, 255] * 6 + [0]), plain([0, 255])),
]
TABLE = LayerTable.of(LAYERS, len(LAYERS), SETTINGS)
FOREGROUNDS, BACKGROUNDS = (places.ravel() for places in np.indices((len(LAYERS), len(LAYERS))))
COMPILED = pair_figures(TABLE, FOREGROUNDS, BACKGROUNDS, HEARD)


def test_each_pair_has_each_figure():
    assert {getattr(COMPILED, name).shape for name in NAMES} == {(len(LAYERS) ** 2,)}
    assert COMPILED.flash_unsafe.dtype == bool


@pytest.fixture(scope="module")
def one_by_one():
    return [
        measure_pair(compose(LAYERS[front], LAYERS[back]), SETTINGS, HEARD)
        for front, back in zip(FOREGROUNDS, BACKGROUNDS, strict=True)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_what_its_pairs_are(name, one_by_one):
    expected = [getattr(measured, name) for measured in one_by_one]

    assert getattr(COMPILED, name) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert len(set(expected)) > 1


@pytest.mark.parametrize("device", DEVICES)
def test_torch_finds_what_is_found_compiled(device):
    some = slice(None, None, 3)

    on_torch = pair_figures(TABLE, FOREGROUNDS[some], BACKGROUNDS[some], HEARD, device=device)

    for name in NAMES:
        expected = pytest.approx(getattr(COMPILED, name)[some], rel=1e-6, abs=1e-9)
        assert getattr(on_torch, name) == expected, name


def test_same_bytes_for_any_number_of_threads_and_any_neighbours():
    threads = pair_figures(TABLE, FOREGROUNDS, BACKGROUNDS, HEARD, num_threads=3)
    order = np.random.default_rng(0).permutation(len(FOREGROUNDS))[:37]
    some = pair_figures(TABLE, FOREGROUNDS[order], BACKGROUNDS[order], HEARD)

    for name in NAMES:
        whole = getattr(COMPILED, name)
        assert getattr(threads, name).tobytes() == whole.tobytes(), name
        assert getattr(some, name).tobytes() == whole[order].tobytes(), name


@pytest.mark.parametrize(
    ("front", "back", "found"),
    [([], [], "0 in front"), ([0, 1], [0], "2 in front, 1 behind"), ([0], [10], "0 to 10")],
)
def test_pairs_that_are_none_are_refused(front, back, found):
    with pytest.raises(InputError, match=found):
        pair_figures(TABLE, np.array(front, int), np.array(back, int), HEARD)
