import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.audio.clip import make_clip
from aivj.audio.samples import time_bytes, window


def channels_of(size: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(-1, 1, width=32), min_size=size, max_size=size)


channel_pairs = st.integers(1, 40).flatmap(lambda n: st.tuples(channels_of(n), channels_of(n)))


@pytest.mark.parametrize(
    ("sample", "byte"),
    [
        (0, 128),
        (1, 255),
        (-1, 0),
        (0.5, 192),
        (-0.5, 64),
        (1 / 128, 129),
        (-1e-9, 127),
        (0.9999, 255),
    ],
)
def test_bytes_are_those_of_the_web_audio_api(sample, byte):
    assert time_bytes(make_clip("x", [sample], [sample]), 1) == bytes([byte] * 3)


def test_planes_are_mono_left_right():
    clip = make_clip("x", [1.0, 0.5], [0.0, -0.5])
    assert list(time_bytes(clip, 2)) == [192, 128, 255, 192, 128, 64]


@given(channel_pairs, st.integers(0, 100))
def test_bytes_equal_a_plain_reference_and_loop(channels, num_samples):
    clip = make_clip("x", *channels)
    left, right = channels
    mono = [(a + b) / 2 for a, b in zip(left, right, strict=True)]
    expected = [
        max(0, min(255, int((128 * (1 + plane[n % len(plane)])) // 1)))
        for plane in (mono, left, right)
        for n in range(num_samples)
    ]
    assert list(time_bytes(clip, num_samples)) == expected


@given(channel_pairs, st.integers(0, 200), st.integers(1, 64))
def test_window_is_a_slice_of_the_bytes_with_silence_before(channels, end_sample, size):
    clip = make_clip("x", *channels)
    planes = np.frombuffer(time_bytes(clip, end_sample), np.uint8).reshape(3, end_sample)
    padded = np.concatenate([np.full((3, size), 128, np.uint8), planes], axis=1)
    seen = window(clip, end_sample, size)
    assert seen.dtype == np.uint8
    assert np.array_equal(seen, padded[:, -size:])


def test_window_has_1024_samples():
    clip = make_clip("x", np.linspace(-1, 1, 2_000), np.zeros(2_000))
    seen = window(clip, 1_500)
    assert seen.shape == (3, 1_024)
    assert seen[1, -1] == np.floor(128 * (1 + clip.left[1_499]))
