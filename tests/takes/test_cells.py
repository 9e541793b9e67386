import numpy as np
import pytest

from aivj.errors import ItemError
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, PairCells

MEASURED, SILENT = 3, 2


def test_each_frame_row_and_picture_goes_to_its_place():
    frame, row, picture, column, channel = np.indices(
        (MEASURED + 1 + SILENT, CELL_ROWS, 3, CELL_COLUMNS, 3)
    )
    values = (31 * frame + 7 * row + 101 * picture + 3 * column + channel) % 256
    data = values.astype(np.uint8).tobytes()

    cells = PairCells.from_bytes(data, measure_frames=MEASURED, silent_frames=SILENT)

    assert cells.music.composite.shape == (MEASURED + 1, CELL_ROWS, CELL_COLUMNS, 3)
    assert cells.silence.background.shape == (SILENT, CELL_ROWS, CELL_COLUMNS, 3)
    takes = (cells.music.composite, cells.music.foreground, cells.music.background)
    for number, pictures in enumerate(takes):
        assert (pictures == values[: MEASURED + 1, :, number]).all()
    assert (cells.silence.foreground == values[MEASURED + 1 :, :, 1]).all()


@pytest.mark.parametrize("num_missing", [1, -1])
def test_another_number_of_bytes_is_refused(num_missing):
    num_bytes = (MEASURED + 1 + SILENT) * CELL_ROWS * 3 * CELL_COLUMNS * 3

    with pytest.raises(ItemError, match="bytes of cells"):
        PairCells.from_bytes(
            bytes(num_bytes - num_missing), measure_frames=MEASURED, silent_frames=SILENT
        )
