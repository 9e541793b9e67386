import numpy as np

from aivj.audio.clip import require_sound
from aivj.audio.groove import groove
from aivj.audio.levels import rms_peak


def test_every_half_second_is_loud_enough_to_draw_to():
    clip = groove()

    require_sound(clip)
    assert 0.1 < clip.rms < 0.3
    assert 0.5 < clip.peak <= 1
    for start_s in np.arange(0, clip.duration_s, 0.5):
        assert rms_peak(clip, start_s, 0.5)[0] > 0.005


def test_the_beat_is_there_and_all_three_bands():
    clip = groove()
    mono = clip.mono
    spectrum = np.abs(np.fft.rfft(mono)) ** 2
    hz = np.fft.rfftfreq(len(mono), 1 / 44_100)
    bands = [
        spectrum[(hz >= low) & (hz < high)].sum()
        for low, high in ((20, 320), (320, 2800), (2800, 11_025))
    ]

    assert all(band > 1e-4 * spectrum.sum() for band in bands)
    energy = (mono**2).reshape(-1, 2205).sum(axis=1)  # 50 ms
    energy = energy - energy.mean()
    lags = [np.dot(energy[lag:], energy[:-lag]) for lag in range(4, 16)]
    assert 4 + int(np.argmax(lags)) in {5, 10}  # a quarter or half a second


def test_it_is_the_same_bytes_each_time_and_stereo():
    first, second = groove(), groove()

    assert first.digest == second.digest
    assert not np.array_equal(first.left, first.right)
    assert np.array_equal(first.left * 32_768, np.rint(first.left * 32_768))
