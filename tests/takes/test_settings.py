from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aivj.takes.settings import REFERENCE, RenderSettings


@given(
    measured=st.integers(1, 200), silent_frames=st.integers(1, 60), silent_every=st.integers(1, 60)
)
def test_there_is_a_measured_frame_beside_each_silent_one(measured, silent_frames, silent_every):
    settings = RenderSettings(
        measure_frames=measured, silent_frames=silent_frames, silent_every=silent_every
    )

    frames = list(range(measured))[settings.compared_frames]

    assert 1 <= len(frames) == settings.num_compared <= silent_frames


def test_silence_stands_beside_the_ends_of_equal_parts():
    settings = RenderSettings(measure_frames=40, silent_frames=3, silent_every=10)

    assert list(range(40))[settings.compared_frames] == [9, 19, 29]


def test_a_measurement_that_is_too_short_is_compared_at_its_end():
    settings = replace(RenderSettings(), measure_frames=4, silent_every=10)

    assert list(range(4))[settings.compared_frames] == [3]


def test_the_reference_compares_all_frames():
    assert REFERENCE.num_compared == REFERENCE.measure_frames
    assert list(range(60))[REFERENCE.compared_frames] == list(range(60))
