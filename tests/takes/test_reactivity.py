"""Reactivity on pictures that follow the music, that ignore it, and that stand still."""

import numpy as np
import pytest

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.takes.reactivity import CONTROL_SHIFTS_S, Heard, alignment, response
from aivj.takes.settings import REFERENCE, RenderSettings
from tests.takes.pictures import plain


def heard(settings=REFERENCE):
    return Heard.of(time_bytes(groove(), round(settings.duration_s * 44_100)), settings)


def test_energy_is_that_of_the_measured_frames():
    settings = RenderSettings(measure_frames=30)
    num_samples = round(settings.duration_s * 44_100)
    loud_from = settings.warmup_frames + 10
    tone = np.where(np.arange(num_samples) >= loud_from / 30 * 44_100, 64, 0)
    mono = (128 + tone * np.where(np.arange(num_samples) % 2, 1, -1)).astype(np.uint8).tobytes()

    energy = Heard.of(mono * 3, settings).energy

    assert energy.shape == (settings.measure_frames,)
    # The window that ends with a frame holds 1024 samples of the 1470 since the frame before.
    assert energy == pytest.approx([0] * 10 + [0.5] * 20, abs=0.01)


def test_controls_hear_the_same_music_at_another_time():
    music = heard()

    assert len(music.controls) == len(CONTROL_SHIFTS_S)
    for control in music.controls:
        assert control.shape == music.energy.shape
        assert np.abs(control - music.energy).mean() > 0.01


def test_what_follows_the_energy_is_aligned_and_more_than_its_controls():
    music = heard()
    rng = np.random.default_rng(0)
    late = np.roll(music.energy, 2) + rng.normal(0, 0.02, len(music.energy))

    assert alignment(late, music.energy) > 0.8
    assert max(alignment(late, control) for control in music.controls) < 0.6


def test_noise_is_not_aligned():
    music = heard()
    rng = np.random.default_rng(1)
    found = [alignment(rng.random(len(music.energy)), music.energy) for _ in range(50)]

    assert abs(np.mean(found)) < 0.2


@pytest.mark.parametrize("still", [np.zeros(30), np.full(30, 0.3)])
def test_a_still_picture_and_even_music_have_no_alignment(still):
    energy = np.random.default_rng(2).random(30)

    assert alignment(still, energy) == 0
    assert alignment(energy, still) == 0


def test_response_is_the_difference_that_music_makes():
    assert response(plain([0, 51]), plain([0, 0])) == pytest.approx(0.1)
    assert response(plain([9, 9]), plain([9, 9])) == 0
