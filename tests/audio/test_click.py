import io
import math
import wave
from pathlib import Path

import numpy as np
import soundfile

from aivj.audio.click import click_track, wav_bytes
from aivj.audio.clip import make_clip, read_clip
from aivj.audio.levels import require_sound


def test_file_is_mono_16_bit_22_seconds():
    with wave.open(io.BytesIO(wav_bytes(click_track()))) as file:
        assert file.getnchannels() == 1
        assert file.getsampwidth() == 2
        assert file.getframerate() == 44_100
        assert file.getnframes() == 22 * 44_100


def test_pulses_are_those_of_the_contract():
    signal = click_track().left
    starts = np.flatnonzero(np.isclose(signal, 0.9, atol=1e-4))
    assert starts.tolist() == list(range(0, 22 * 44_100, 22_050))
    for start in starts:
        pulse = signal[start : start + 22_050]
        assert np.flatnonzero(pulse).max() == 528
        assert math.isclose(pulse[264] / pulse[0], math.exp(-6 * 264 / 529), rel_tol=0.001)
    assert np.array_equal(signal, click_track().right)


def test_clip_and_file_are_the_same(tmp_path: Path):
    clip = click_track()
    path = tmp_path / "eval-click.wav"
    path.write_bytes(wav_bytes(clip))
    read = read_clip(path, duration_s=None)
    assert (read.digest, read.name) == (clip.digest, clip.name)
    require_sound(clip)


def test_golden_digest():
    digest = click_track().digest
    assert digest == "2421e047fa87301fe9776a0c8152cbc83f1b7b1f08ee010aa3e2327b5800435b"


def test_length_is_free():
    assert click_track(0.75).num_samples == 33_075
    assert np.flatnonzero(click_track(0.75).left).max() == 22_050 + 528


def test_stereo_file_reads_back(tmp_path: Path):
    steps = np.random.default_rng(2).integers(-(2**15), 2**15, (2, 1_000)) / 2**15
    clip = make_clip("x", *steps)
    path = tmp_path / "stereo.wav"
    path.write_bytes(wav_bytes(clip))
    assert soundfile.info(path).channels == 2
    assert read_clip(path, duration_s=None).digest == clip.digest


def test_full_scale_does_not_wrap(tmp_path: Path):
    path = tmp_path / "full.wav"
    path.write_bytes(wav_bytes(make_clip("x", [1.0, -1.0], [1.0, -1.0])))
    assert read_clip(path, duration_s=None).left.tolist() == [32_767 / 32_768, -1.0]
