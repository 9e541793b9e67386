from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, PairCells, Pictures
from aivj.takes.figures import measure_pair, motion_proxy
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings
from tests.takes.pictures import plain, same_cells

SETTINGS = RenderSettings(measure_frames=4, silent_frames=2, silent_every=2)
HEARD = Heard(np.array([0.1, 0.5, 0.2, 0.9]), (np.array([0.5, 0.1, 0.9, 0.2]),))


def grey_colors(*layers):
    return np.stack([np.repeat(np.asarray(layer)[:, None], 3, axis=1) for layer in layers])


def test_motion_proxy_weighs_luma_and_colour():
    colors = np.zeros((2, 3, 3))
    colors[0, :, 0] = [0.1, 0.4, 0.4]
    colors[1, :, 2] = [0.0, 0.0, 0.6]

    # Steps of the mean luma: 0.05, 0.1. Colour: (0.3/3 + 0)/2 and (0 + 0.6/3)/2.
    expected = np.mean([0.65 * 0.05 + 0.35 * 0.05, 0.65 * 0.1 + 0.35 * 0.1])
    assert motion_proxy(np.array([0.2, 0.25, 0.35]), colors) == pytest.approx(expected, abs=1e-15)


def test_a_still_pair_has_no_motion_and_a_flashing_one_much():
    still, flash = np.full(4, 0.4), np.array([0.0, 1.0, 0.0, 1.0])

    assert motion_proxy(still, grey_colors(still, still)) == 0
    assert motion_proxy(flash, grey_colors(flash, flash)) == pytest.approx(1)


def test_opposite_luma_cancels_in_the_mean_but_not_in_colour():
    up, down = np.array([0.0, 1.0]), np.array([1.0, 0.0])

    assert motion_proxy((up + down) / 2, grey_colors(up, down)) == pytest.approx(0.35)


def test_figures_come_from_their_picture_and_frames():
    composite = plain([(0, 0, 0), (51, 102, 0), (51, 102, 0), (51, 102, 0), (51, 102, 0)])
    composite[1, :18] = 0
    composite[2, :, :32] = 255
    foreground, background = plain([51, 51, 51, 51, 102]), plain([0, 0, 0, 0, 51])
    silence = Pictures(plain([0, 0]), plain([0, 0]), plain([0, 0]))

    measured = measure_pair(
        PairCells(Pictures(composite, foreground, background), silence), SETTINGS, HEARD
    )

    lit = 0.2126 * 0.2 + 0.7152 * 0.4
    per_frame = [lit / 2, (1 + lit) / 2, lit, lit]
    assert measured.viz_avg_luma == pytest.approx(((0.2 * 3 + 0.4) / 4 + 0.2 / 4) / 2)
    assert measured.pm_avg_luma_fg == pytest.approx(0.4)
    assert measured.pm_avg_luma_bg == pytest.approx(0.2)
    assert measured.composite_avg_luma == pytest.approx(np.mean(per_frame), abs=1e-6)
    assert measured.luma_range == pytest.approx((1 + lit) / 2 - lit / 2, abs=1e-6)
    assert measured.black_share == pytest.approx(1 / 8)
    assert measured.blown_share == pytest.approx(1 / 8)
    assert measured.black_frames == 0
    assert measured.fg_avg_frame_delta == pytest.approx(0.2 / 4)
    assert measured.composite_color_b == pytest.approx(0.5 / 4)
    # The silent frames stand beside the second and the fourth measured one.
    assert measured.audio_response == pytest.approx(np.mean([(1 + lit) / 2, lit]), abs=1e-6)
    assert measured.audio_response_fg == pytest.approx(np.mean([0.2, 0.4]))


def test_dark_and_blown_out_frames_are_counted():
    measured = measure_pair(same_cells(plain([90, 0, 0, 255, 90]), plain([0, 0])), SETTINGS, HEARD)

    assert (measured.black_frames, measured.blown_frames) == (0.5, 0.25)


signed = {"audio_alignment", "audio_alignment_control"}
unbounded = {"colourfulness", "spatial_detail", "flashes_per_s", "red_flashes_per_s"}


@given(st.integers(0, 2**32))
@settings(max_examples=30)
def test_all_figures_of_any_pictures_are_in_range(seed):
    rng = np.random.default_rng(seed)

    def take(num_frames):
        shape = (3, num_frames, CELL_ROWS, CELL_COLUMNS, 3)
        return Pictures(*rng.integers(0, 256, shape, np.uint8))

    figures = asdict(measure_pair(PairCells(take(5), take(2)), SETTINGS, HEARD))

    assert type(figures.pop("flash_unsafe")) is bool
    for name, value in figures.items():
        assert type(value) is float, name
        assert (-1 if name in signed else 0) <= value, name
        assert name in unbounded or value <= 1 + 1e-6, name
