import numpy as np
import pytest

from aivj.takes.cells import Pictures
from aivj.takes.picture import (
    FOREGROUND_OPACITY,
    colourfulness,
    contributions,
    luma,
    spatial_detail,
)
from tests.takes.pictures import plain


def test_luma_is_rec_709():
    assert luma(plain([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]))[
        :, 0, 0
    ] == pytest.approx([0.2126, 0.7152, 0.0722, 1])


def test_grey_has_no_colour_and_pure_hues_much():
    assert colourfulness(plain([0, 90, 255])) == pytest.approx(0, abs=1e-4)
    # One hue everywhere: no spread, and 0.3 times the length of (255, 127.5).
    assert colourfulness(plain([(255, 0, 0)])) == pytest.approx(0.3 * np.hypot(255, 127.5))


def test_halves_of_two_hues_by_the_formula():
    pictures = plain([(255, 0, 0)])
    pictures[:, :, 32:] = (0, 255, 0)

    # rg is +255 and -255: spread 255, mean 0; yb is 127.5 everywhere.
    assert colourfulness(pictures) == pytest.approx(255 + 0.3 * 127.5)


def test_detail_is_none_in_plain_pictures_and_grows_with_edges():
    one_edge, many = plain([0]), plain([0])
    one_edge[:, :, 32:] = 255
    many[:, :, ::4] = 255

    assert spatial_detail(plain([0, 200])) == pytest.approx(0, abs=1e-6)
    assert 0 < spatial_detail(one_edge) < spatial_detail(many)
    # A Sobel gradient of 4 in 2 of 62 columns, of 1 by the standard deviation of its length.
    gradients = np.array([4.0] * 2 + [0.0] * 60)
    assert spatial_detail(one_edge) == pytest.approx(gradients.std())


def test_a_layer_that_changes_nothing_contributes_nothing():
    lit, dark = plain([100]), plain([0])
    seen = plain([round(100 * FOREGROUND_OPACITY)])

    foreground_alone = contributions(Pictures(composite=seen, foreground=lit, background=dark))
    background_alone = contributions(Pictures(composite=lit, foreground=dark, background=lit))

    assert foreground_alone == pytest.approx((0.7 * 100 / 255, 0), abs=1e-6)
    assert background_alone == pytest.approx((0, 100 / 255), abs=1e-6)
