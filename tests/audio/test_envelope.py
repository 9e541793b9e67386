import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.audio.clip import make_clip
from aivj.audio.envelope import rms_envelope
from aivj.audio.groove import groove
from aivj.audio.samples import SILENT_BYTE, window

NOISE = make_clip("x", *np.random.default_rng(5).uniform(-1, 1, (2, 10_000)))


@given(st.integers(1, 120), st.integers(0, 40))
def test_it_is_the_level_of_the_windows(frames_per_s, num_frames):
    levels = rms_envelope(NOISE, frames_per_s=frames_per_s, num_frames=num_frames)
    ends = [round(n / frames_per_s * 44_100) for n in range(1, num_frames + 1)]
    heard = [(window(NOISE, end)[0] - float(SILENT_BYTE)) / SILENT_BYTE for end in ends]
    assert levels.shape == (num_frames,)
    assert levels == pytest.approx([np.sqrt(np.mean(plane**2)) for plane in heard], abs=0.005)


def test_a_tone_that_starts_late():
    signal = np.where(np.arange(44_100) < 22_050, 0, 0.5)
    levels = rms_envelope(make_clip("x", signal, signal))
    assert levels.tolist() == [0.0] * 15 + [0.5] * 15


def test_channels_that_cancel_out_are_silent():
    assert not rms_envelope(make_clip("x", NOISE.left, -NOISE.left)).any()


def test_the_whole_clip_is_taken():
    assert rms_envelope(groove()).shape == (480,)
    assert rms_envelope(groove(), frames_per_s=60).shape == (960,)
