import io

import numpy as np
import pytest
from PIL import Image

from aivj.stage.thumbnails import picture_cells


def picture(rows):
    """A lossless picture, its topmost row first."""
    grey = np.repeat(np.array(rows, np.uint8)[:, :, None] * 255, 3, axis=2)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "webp", lossless=True)
    return file.getvalue()


def test_cells_are_means_the_topmost_first():
    cells = picture_cells(picture([[1, 1, 0, 1], [0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 1, 1]]), 2, 2)

    assert cells == pytest.approx(np.array([[0.5, 0.5], [0.0, 1.0]]), abs=1e-6)


def test_rows_that_do_not_divide_evenly_are_counted_from_the_lowest():
    assert picture_cells(picture([[1], [1], [1], [0], [0]]), 2, 1) == pytest.approx(
        np.array([[1.0], [0.0]]), abs=1e-6
    )


def test_columns_that_do_not_divide_evenly_are_counted_from_the_left():
    assert picture_cells(picture([[0, 0, 1, 1, 1]]), 1, 2) == pytest.approx(
        np.array([[0.0, 1.0]]), abs=1e-6
    )
