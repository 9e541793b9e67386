import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.sampling.measurement import Series, measure_pair, motion_proxy

ZEROS = [0.0] * 4


def series(luma, *, red=None, green=None, blue=None, delta=None, black=None, blown=None):
    values = {
        "luma": luma,
        "red": red or luma,
        "green": green or luma,
        "blue": blue or luma,
        "delta": delta or [0.0] * len(luma),
        "black": black or [0.0] * len(luma),
        "blown": blown or [0.0] * len(luma),
    }
    return Series.from_json(values)


def test_motion_proxy_weighs_luma_and_colour():
    first = series([0.1, 0.2, 0.2], red=[0.1, 0.4, 0.4], green=ZEROS[:3], blue=ZEROS[:3])
    second = series([0.3, 0.3, 0.5], red=ZEROS[:3], green=ZEROS[:3], blue=[0.0, 0.0, 0.6])

    # Steps of the mean luma: 0.05, 0.1. Colour: (0.3/3 + 0)/2 and (0 + 0.6/3)/2.
    expected = np.mean([0.65 * 0.05 + 0.35 * 0.05, 0.65 * 0.1 + 0.35 * 0.1])
    assert motion_proxy((first, second)) == pytest.approx(expected, abs=1e-15)


def test_a_still_pair_has_no_motion_and_a_flashing_one_much():
    still, flash = series([0.4] * 4), series([0.0, 1.0, 0.0, 1.0])

    assert motion_proxy((still, still)) == 0
    assert motion_proxy((flash, flash)) == pytest.approx(1)
    assert motion_proxy((still, flash)) == pytest.approx(0.5)


def test_opposite_luma_cancels_in_the_mean_but_not_in_colour():
    up, down = series([0.0, 1.0]), series([1.0, 0.0])

    assert motion_proxy((up, down)) == pytest.approx(0.35)


def test_figures_come_from_their_picture():
    measured = measure_pair(
        composite=series(
            [0.2, 0.6], red=[0.1, 0.3], delta=[0.01, 0.03], black=[0.5, 0.0], blown=[0.0, 0.2]
        ),
        foreground=series([0.3, 0.5], delta=[0.02, 0.02]),
        background=series([0.1, 0.2], delta=[0.0, 0.08]),
    )

    assert measured.viz_avg_luma == pytest.approx((0.4 + 0.15) / 2)
    assert (measured.pm_avg_luma_fg, measured.pm_avg_luma_bg) == (0.5, 0.2)
    assert measured.composite_avg_luma == pytest.approx(0.4)
    assert measured.luma_range == pytest.approx(0.4)
    assert measured.composite_avg_frame_delta == pytest.approx(0.02)
    assert (measured.fg_avg_frame_delta, measured.bg_avg_frame_delta) == (0.02, 0.04)
    assert (measured.black_share, measured.blown_share) == (0.25, pytest.approx(0.1))
    assert measured.composite_color_r == pytest.approx(0.2)


unit = st.floats(0, 1)


@given(st.lists(st.tuples(unit, unit, unit), min_size=2, max_size=40))
def test_all_figures_of_pictures_in_range_are_in_range(colors):
    red, green, blue = (list(channel) for channel in zip(*colors, strict=True))
    luma = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in colors]
    picture = series(luma, red=red, green=green, blue=blue)

    measured = measure_pair(picture, picture, picture)

    for value in vars(measured).values():
        assert type(value) is float
        assert 0 <= value <= 1 + 1e-12
