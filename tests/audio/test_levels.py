import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from aivj.audio.click import click_track
from aivj.audio.clip import make_clip
from aivj.audio.levels import pre_emphasised, rms_peak

NOISE = make_clip("x", *np.random.default_rng(4).uniform(-0.5, 0.5, (2, 44_100)))


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_levels_equal_those_of_the_filtered_looped_signal(start, num_samples):
    looped = np.tile(NOISE.mono, 5)
    heard = lfilter([1, -0.97], [1], looped)[start : start + num_samples]
    rms, peak = rms_peak(NOISE, start / 44_100, num_samples / 44_100)
    assert rms == pytest.approx(math.sqrt(np.mean(heard**2)), rel=1e-9)
    assert peak == pytest.approx(np.abs(heard).max(), rel=1e-9)


def test_levels_of_the_click_track_repeat_with_its_beat():
    click = click_track()
    first = rms_peak(click, 0, 0.5)
    assert rms_peak(click, 4, 0.5) == pytest.approx(first)
    assert rms_peak(click, 22, 0.5) == pytest.approx(first)
    assert first[0] == pytest.approx(0.0061, abs=1e-4)
    assert first[1] == pytest.approx(0.9, abs=1e-4)


def test_levels_are_below_those_of_the_plain_signal():
    slow = np.sin(2 * np.pi * 100 * np.arange(44_100) / 44_100)
    clip = make_clip("x", slow, slow)
    rms, peak = rms_peak(clip, 0.5, 0.4)
    assert rms < 0.05 * clip.rms
    assert peak < 0.05 * clip.peak


def test_no_duration_measures_one_sample():
    rms, peak = rms_peak(NOISE, 0.25, 0)
    assert rms == peak > 0


def test_first_difference_with_its_coefficient():
    heard = pre_emphasised(np.array([1.0, 1.0, 0.5]))
    assert np.allclose(heard, [1.0, 0.03, 0.5 - 0.97])


def test_sample_before_the_first_counts():
    assert np.allclose(pre_emphasised(np.array([1.0]), previous=1.0), [0.03])


def test_a_signal_may_be_filtered_in_parts():
    signal = np.random.default_rng(3).uniform(-1, 1, 100)
    parts = [pre_emphasised(signal[:40]), pre_emphasised(signal[40:], previous=signal[39])]
    assert np.array_equal(np.concatenate(parts), pre_emphasised(signal))
