import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.audio.clip import make_clip
from aivj.audio.samples import time_bytes


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
