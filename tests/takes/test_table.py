import numpy as np
import pytest

from aivj.errors import InputError
from aivj.takes.cells import LayerCells
from aivj.takes.settings import RenderSettings
from aivj.takes.table import NUM_CELLS, LayerTable
from tests.takes.pictures import lively_layer

SETTINGS = RenderSettings(measure_frames=3, silent_frames=2, silent_every=1)


def test_planes_hold_every_byte_and_figures_are_the_layers_own():
    layers = [lively_layer(SETTINGS, seed) for seed in (0, 1)]

    table = LayerTable.of(iter(layers), 2, SETTINGS)

    assert len(table) == 2
    for layer, planes, color, answer in zip(
        layers, table.planes, table.color, table.response, strict=True
    ):
        frames = np.concatenate([layer.music, layer.silence])
        assert (planes.transpose(1, 2, 0) == frames.reshape(6, NUM_CELLS, 3)).all()
        assert color == pytest.approx(layer.music.mean(axis=(1, 2)) / 255)
        assert answer > 0


@pytest.mark.parametrize(
    ("num_given", "num_said", "found"), [(1, 2, "found 1"), (2, 1, "layer 1 of 4")]
)
def test_another_number_of_layers_is_refused(num_given, num_said, found):
    layers = [lively_layer(SETTINGS, 0)] * num_given

    with pytest.raises(InputError, match=found):
        LayerTable.of(layers, num_said, SETTINGS)


def test_a_layer_of_other_settings_is_refused():
    layer = lively_layer(SETTINGS, 0)

    with pytest.raises(InputError, match=r"layers of 4 \+ 2 frames; found layer 0 of 4 \+ 1"):
        LayerTable.of([LayerCells(layer.music, layer.silence[:1])], 1, SETTINGS)
