import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.audio.clip import AudioClip
from aivj.audio.groove import GROOVE_BREAK_S, GROOVE_DROP_S, GROOVE_NAME, GROOVE_SEED, groove
from aivj.audio.levels import require_sound, rms_peak

FIRST_MEASURED = 30
seeds = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def clip() -> AudioClip:
    return groove()


@pytest.fixture(scope="module")
def levels(clip):
    """Its level in each frame: of what a visualiser sees there, 1024 samples."""
    ends = np.arange(1, int(clip.duration_s * 30) + 1) / 30
    return np.array([rms(clip, end - 1024 / 44_100, end) for end in ends])


def rms(clip: AudioClip, start_s: float, end_s: float) -> float:
    part = clip.mono[round(start_s * 44_100) : round(end_s * 44_100)]
    return math.sqrt(np.mean(part**2))


def test_golden_digest(clip):
    digest = clip.digest
    assert digest == "fe8cbbd6eb351172ae384e0b5a930d05bbc9ad6a604432f7de769dea67e72368"
    assert groove(GROOVE_SEED).digest == digest
    assert clip.name == GROOVE_NAME


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_seed_gives_the_same_bytes_each_time(clip, seed):
    first, second = groove.__wrapped__(seed), groove.__wrapped__(seed)
    assert first.digest == second.digest
    assert (first.digest == clip.digest) == (seed == GROOVE_SEED)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_every_seed_has_music_a_break_and_a_drop(seed):
    clip = groove(seed)
    require_sound(clip)
    assert clip.duration_s == 16
    assert 0.5 < clip.peak <= 1
    assert 0.15 < clip.rms < 0.3
    assert not clip.mono[
        math.ceil((GROOVE_BREAK_S + 0.025) * 44_100) : round(GROOVE_DROP_S * 44_100)
    ].any()
    assert rms(clip, GROOVE_DROP_S, GROOVE_DROP_S + 0.5) > 0.2


def test_it_is_loud_enough_to_draw_to_from_the_first_measured_frame_to_the_end(clip):
    for start_s in np.arange(1, clip.duration_s, 0.5):
        assert rms(clip, start_s, start_s + 0.5) > 0.12
        assert rms_peak(clip, start_s, 0.5)[0] > 0.02


def test_the_warm_up_has_the_break_and_the_drop_and_the_measured_seconds_are_loud(clip, levels):
    assert rms(clip, GROOVE_DROP_S, 1) > 1.5 * rms(clip, 0, GROOVE_BREAK_S)
    assert not levels[14:22].any()
    assert levels[22] > 0.3
    assert rms(clip, 1, 2) > 0.2
    assert rms(clip, 2, 3) > 0.2


def test_accents_of_the_measured_second_differ_in_strength(levels):
    levels = levels[FIRST_MEASURED:60]
    assert levels.min() > 0.005
    assert levels.max() > 15 * levels.min()
    assert levels.std() > 0.5 * levels.mean()
    inner = levels[1:-1]
    peaks = sorted(inner[(inner > levels[:-2]) & (inner > levels[2:])])
    assert len(peaks) >= 3
    assert peaks[-1] > 2 * peaks[0]


@pytest.mark.parametrize("num_frames", [30, 60])
@pytest.mark.parametrize("shift", [*range(-15, -3), *range(4, 16)])
def test_it_is_not_the_same_at_another_time(levels, num_frames, shift):
    here = levels[FIRST_MEASURED : FIRST_MEASURED + num_frames]
    there = levels[FIRST_MEASURED + shift : FIRST_MEASURED + shift + num_frames]
    assert np.corrcoef(here, there)[0, 1] < 0.16


def test_the_measured_second_has_no_trend(levels):
    levels = levels[FIRST_MEASURED : FIRST_MEASURED + 30]
    assert abs(np.corrcoef(levels, np.arange(30))[0, 1]) < 0.15


def test_all_three_bands_are_there(clip):
    mono = clip.mono
    spectrum = np.abs(np.fft.rfft(mono)) ** 2
    hz = np.fft.rfftfreq(len(mono), 1 / 44_100)
    bands = [
        spectrum[(hz >= low) & (hz < high)].sum()
        for low, high in ((20, 320), (320, 2800), (2800, 11_025))
    ]
    assert all(band > 1e-3 * spectrum.sum() for band in bands)


def test_it_loops_without_a_seam(clip):
    mono = clip.mono
    steps = np.abs(np.diff(mono))
    assert abs(mono[0] - mono[-1]) < np.percentile(steps, 99)


def test_sides_differ_and_their_middle_is_what_mono_hears(clip):
    side = (clip.left - clip.right) / 2
    assert 0.01 < np.sqrt(np.square(side).mean()) < 0.5 * clip.rms
    assert max(np.abs(clip.left).max(), np.abs(clip.right).max()) <= 1


def test_samples_have_16_bits(clip):
    for channel in (clip.left, clip.right):
        steps = channel.astype(np.float64) * 32_768
        assert np.array_equal(steps, np.rint(steps))
