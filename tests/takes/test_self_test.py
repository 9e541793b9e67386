"""A worker that draws black, hears nothing or shows the last preset for ever is refused."""

import numpy as np
import pytest

from aivj.errors import RunError
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.self_test import refuse_blind, short
from aivj.takes.settings import RenderSettings

SETTINGS = short(RenderSettings())


def drawn(*, music=(80, 40, 40), silence=(60, 40, 40)):
    def frames(num, color):
        return np.full((num, CELL_ROWS, CELL_COLUMNS, 3), color, np.uint8)

    return LayerCells(
        frames(SETTINGS.measure_frames + 1, music), frames(SETTINGS.num_compared, silence)
    )


GOOD, OTHER = drawn(), drawn(music=(40, 40, 80))


def test_what_draws_hears_and_switches_may_work():
    refuse_blind(GOOD, OTHER, SETTINGS)


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (drawn(music=(0, 0, 0)), OTHER, "bright"),
        (GOOD, drawn(music=(0, 0, 1)), "bright"),
        (drawn(silence=(80, 40, 40)), OTHER, "hears"),
        (GOOD, drawn(music=(40, 40, 80), silence=(40, 40, 80)), "hears"),
        (GOOD, GOOD, "another picture"),
    ],
)
def test_each_defect_has_its_name(first, second, what):
    with pytest.raises(RunError, match=what):
        refuse_blind(first, second, SETTINGS)
