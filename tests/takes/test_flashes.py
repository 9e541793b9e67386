"""Flash counts against sequences whose flashes can be counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS
from aivj.takes.flashes import FlashLoad, flash_load
from tests.takes.pictures import lively, plain
from tests.takes.plain_flashes import flashes_per_s

RATE = 30


def general(values):
    return flash_load(plain(values), RATE).general_per_s


def square_wave(num_flashes, low=0, high=255):
    """`num_flashes` flashes spread over one second, ending dark."""
    period = RATE // num_flashes
    return [high if frame % period >= period // 2 else low for frame in range(RATE)] + [low]


@pytest.mark.parametrize("num_flashes", [1, 2, 3, 5, 10, 15])
def test_a_pair_of_opposing_changes_is_one_flash(num_flashes):
    assert general(square_wave(num_flashes)) == num_flashes


def test_three_a_second_is_the_limit():
    assert not flash_load(plain(square_wave(3)), RATE).is_unsafe
    assert flash_load(plain(square_wave(5)), RATE).is_unsafe
    assert not FlashLoad(3.0, 3.0).is_unsafe
    assert FlashLoad(0.0, 3.5).is_unsafe


def test_changes_below_a_tenth_of_luminance_are_no_flash():
    # 0.088 and 0.116 of relative luminance by IEC 61966-2-1.
    assert general(square_wave(5, 0, 84)) == 0
    assert general(square_wave(5, 0, 96)) == 5


def test_small_steps_add_up():
    ramp = list(range(0, 256, 16))

    assert general([*ramp, *ramp[::-1]]) == 1


def test_flicker_between_bright_pictures_is_no_flash():
    # Both ends above 0.8 of relative luminance.
    assert general(square_wave(5, 235, 255)) == 0


def test_red_that_comes_and_goes_counts_whatever_its_luminance():
    load = flash_load(
        plain([(frame % 6 >= 3) * np.array([120, 0, 0]) for frame in range(31)]), RATE
    )

    assert load.general_per_s == 0
    assert load.red_per_s == 5
    assert load.is_unsafe


def test_a_grey_flicker_is_not_red():
    assert flash_load(plain(square_wave(5)), RATE).red_per_s == 0


def test_only_what_fills_a_quarter_of_the_field_counts():
    def in_corner(rows, columns):
        pictures = plain([0] * 31)
        for frame, value in enumerate(square_wave(5)):
            pictures[frame, :rows, :columns] = value
        return flash_load(pictures, RATE).general_per_s

    assert in_corner(CELL_ROWS // 3, CELL_COLUMNS // 3) == 5
    assert in_corner(CELL_ROWS // 9, CELL_COLUMNS // 9) == 0


def test_flashes_of_two_places_do_not_add_up():
    pictures = plain([0] * 31)
    for frame, value in enumerate(square_wave(3)):
        pictures[frame, :, :21] = value
        pictures[(frame + 5) % 31, :, 43:] = value

    assert flash_load(pictures, RATE).general_per_s == 3


def test_the_worst_second_decides():
    calm = [0] * 45

    assert general([*calm, *square_wave(5), *calm]) == 5


@given(st.lists(st.integers(0, 255), min_size=2, max_size=80))
def test_brightness_and_order_of_time(values):
    load = flash_load(plain(values), RATE)

    assert load.red_per_s == 0
    assert 0 <= load.general_per_s <= RATE / 2
    # What is seen backwards has as many flashes, up to the half one at each end.
    backwards = flash_load(plain(values[::-1]), RATE).general_per_s
    assert abs(backwards - load.general_per_s) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_lively_pictures_have_as_many_as_cell_by_cell(seed):
    pictures = lively(12, seed)

    load = flash_load(pictures, frames_per_s=5)

    assert (load.general_per_s, load.red_per_s) == flashes_per_s(pictures, 5)
    assert load.general_per_s > 0
