import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aivj.errors import InputError
from aivj.stage import thumbnails
from aivj.stage.thumbnails import open_picture, picture_cells


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


def test_a_picture_is_not_decoded_before_its_size_is_known(monkeypatch):
    written = io.BytesIO()
    Image.new("RGB", (60, 50)).save(written, "PNG")
    assert open_picture(written.getvalue()).size == (60, 50)
    monkeypatch.setattr(thumbnails, "MAX_PICTURE_PIXELS", 60 * 50 - 1)
    with pytest.raises(InputError, match="60 x 50"):
        open_picture(written.getvalue())


def test_a_bomb_and_another_format_are_refused():
    whole = picture([[0]])
    written = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(written, "PNG", compress_level=1)
    bitmap = io.BytesIO()
    Image.new("RGB", (2, 2)).save(bitmap, "BMP")
    for data in (written.getvalue(), bitmap.getvalue(), whole[:-5], b""):
        with pytest.raises(InputError, match="picture"):
            open_picture(data)


@given(st.binary(max_size=200), st.integers(0, 120), st.sampled_from(["WEBP", "PNG", "JPEG"]))
def test_no_bytes_do_more_than_be_refused(data, kept, kind):
    written = io.BytesIO()
    Image.new("RGB", (9, 7), (200, 10, 90)).save(written, kind)
    with contextlib.suppress(InputError):
        assert open_picture(written.getvalue()[:kept] + data).mode == "RGB"
