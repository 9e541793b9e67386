import io

import numpy as np
import pytest
from PIL import Image

from aivj.errors import InputError
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.compose import FOREGROUND_PER_BYTE, compose, composed_picture, screen_blend
from aivj.takes.picture import FOREGROUND_OPACITY


def webp(color, size=(64, 36)):
    written = io.BytesIO()
    Image.new("RGB", size, color).save(written, "WEBP", lossless=True)
    return written.getvalue()


def test_every_two_bytes_are_screened_and_rounded():
    foreground, background = np.indices((256, 256)).astype(np.uint8)

    front, back = foreground / 255, background / 255
    exact = 255 * (back + FOREGROUND_OPACITY * front * (1 - back))
    assert np.abs(screen_blend(foreground, background) - exact).max() <= 0.5 + 1e-9


def test_floats_find_what_the_table_says():
    foreground, background = np.indices((256, 256)).astype(np.float32)

    seen = (255 - background) * (foreground * FOREGROUND_PER_BYTE)
    assert seen.dtype == np.float32
    table = screen_blend(foreground.astype(np.uint8), background.astype(np.uint8))
    assert (background + np.round(seen) == table).all()


def test_black_changes_nothing_and_white_behind_hides_all():
    levels = np.arange(256, dtype=np.uint8)

    assert (screen_blend(np.zeros_like(levels), levels) == levels).all()
    assert (screen_blend(levels, np.full_like(levels, 255)) == 255).all()
    tens = np.arange(0, 256, 10, dtype=np.uint8)
    assert (screen_blend(tens, np.zeros_like(tens)) == np.arange(0, 180, 7)).all()


def test_both_renderings_are_composed_frame_by_frame_and_the_layers_kept():
    rng = np.random.default_rng(0)

    def layer():
        shape = (5, CELL_ROWS, CELL_COLUMNS, 3)
        frames = rng.integers(0, 256, shape, np.uint8)
        return LayerCells(frames[:3], frames[3:])

    foreground, background = layer(), layer()
    pair = compose(foreground, background)

    for name in ("music", "silence"):
        pictures = getattr(pair, name)
        assert (pictures.foreground == getattr(foreground, name)).all()
        assert (pictures.background == getattr(background, name)).all()
        assert (
            pictures.composite == screen_blend(getattr(foreground, name), getattr(background, name))
        ).all()


def test_pictures_are_composed_the_same_way_each_time():
    foreground, background = webp((200, 40, 0)), webp((30, 90, 150))

    data = composed_picture(foreground, background)

    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "WEBP"
        assert picture.size == (64, 36)
        shown = np.asarray(picture.convert("RGB"), np.float64).mean(axis=(0, 1))
    wanted = screen_blend(np.array([200, 40, 0], np.uint8), np.array([30, 90, 150], np.uint8))
    assert shown == pytest.approx(wanted, abs=3)
    assert composed_picture(foreground, background) == data


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(InputError, match="a foreground of 64x36, a background of 32x18"):
        composed_picture(webp((1, 2, 3)), webp((1, 2, 3), (32, 18)))


def test_what_is_no_picture_is_refused():
    with pytest.raises(InputError, match="a whole WebP"):
        composed_picture(b"RIFF", webp((1, 2, 3)))
