import math
import os
import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from aivj.audio import clip as clip_module
from aivj.audio.clip import SAMPLE_RATE_HZ, make_clip, read_clip
from aivj.audio.levels import require_sound
from aivj.errors import InputError
from tests.audio.sound_files import write_music

FORMATS = [("wav", "PCM_16"), ("wav", "FLOAT"), ("flac", "PCM_24"), ("mp3", None), ("ogg", None)]


def tone(frequency_hz: float, duration_s: float, rate_hz: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


def spectrum_peak_hz(signal: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal))))
    return float(spectrum.argmax() * SAMPLE_RATE_HZ / len(signal))


@pytest.mark.parametrize(("suffix", "subtype"), FORMATS)
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 22_050])
def test_every_format_and_rate_becomes_the_same_music(tmp_path: Path, suffix, subtype, rate_hz):
    path = tmp_path / f"clip.{suffix}"
    stereo = np.stack([tone(440, 3, rate_hz), 0.5 * tone(880, 3, rate_hz)], axis=1)
    soundfile.write(path, stereo, rate_hz, subtype=subtype)
    clip = read_clip(path, start_s=0.5, duration_s=2)
    assert clip.name == path.name
    assert (clip.sample_rate_hz, clip.num_samples) == (44_100, 88_200)
    assert clip.duration_s == 2
    assert clip.left.dtype == clip.right.dtype == np.float32
    assert spectrum_peak_hz(clip.left) == pytest.approx(440, abs=1)
    assert spectrum_peak_hz(clip.right) == pytest.approx(880, abs=1)
    assert clip.peak == pytest.approx(0.5, abs=0.03)
    assert clip.rms == pytest.approx(math.sqrt((0.125 + 0.03125) / 2), rel=0.03)
    require_sound(clip)


def test_lossless_samples_are_exact_and_start_where_asked(tmp_path: Path):
    path = tmp_path / "noise.flac"
    noise = np.random.default_rng(1).integers(-(2**15), 2**15, (44_100, 2)).astype(np.int16)
    soundfile.write(path, noise, 44_100)
    clip = read_clip(path, start_s=0.25, duration_s=0.5)
    expected = noise[11_025 : 11_025 + 22_050] / 2**15
    assert np.array_equal(clip.left, expected[:, 0])
    assert np.array_equal(clip.right, expected[:, 1])
    assert np.array_equal(clip.mono, expected.mean(axis=1))


@pytest.mark.parametrize(
    ("suffix", "subtype"), [("mp3", None), ("ogg", "VORBIS"), ("ogg", "OPUS"), ("flac", None)]
)
def test_a_part_is_the_same_as_in_the_whole(tmp_path: Path, suffix, subtype):
    path = tmp_path / f"clip.{suffix}"
    soundfile.write(path, tone(440, 3, 48_000), 48_000, subtype=subtype)
    samples, rate_hz = soundfile.read(path, dtype="float32")
    part, _ = clip_module._decoded(path, 1.25, 0.5)
    start = round(1.25 * rate_hz)
    assert np.allclose(part[:, 0], samples[start : start + rate_hz // 2], atol=1e-6)


def test_mono_is_doubled_and_further_channels_are_dropped(tmp_path: Path):
    mono, surround = tmp_path / "mono.wav", tmp_path / "surround.wav"
    soundfile.write(mono, tone(440, 0.1, 44_100), 44_100)
    soundfile.write(surround, np.tile([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], (100, 1)), 44_100)
    doubled = read_clip(mono, duration_s=None)
    assert np.array_equal(doubled.left, doubled.right)
    clip = read_clip(surround, duration_s=None)
    assert clip.left.mean() == pytest.approx(0.1, abs=1e-4)
    assert clip.right.mean() == pytest.approx(0.2, abs=1e-4)


def test_a_longer_duration_reads_to_the_end(tmp_path: Path):
    path = tmp_path / "short.wav"
    soundfile.write(path, tone(440, 1, 44_100), 44_100)
    assert read_clip(path, start_s=0.5, duration_s=60).duration_s == 0.5


def test_samples_beyond_full_scale_are_clipped(tmp_path: Path):
    path = tmp_path / "hot.wav"
    soundfile.write(path, np.array([3.0, -3.0, 0.5]), 44_100, subtype="FLOAT")
    assert read_clip(path, duration_s=None).left.tolist() == [1, -1, 0.5]


def test_digest_is_of_the_samples_alone():
    one, same = make_clip("a", [0.1, 0.2], [0, 0]), make_clip("b", [0.1, 0.2], [0, 0])
    assert one.digest == same.digest
    assert len(one.digest) == 64
    assert make_clip("a", [0, 0], [0.1, 0.2]).digest != one.digest
    assert make_clip("a", [0.1, 0.25], [0, 0]).digest != one.digest


def test_samples_cannot_be_changed():
    clip = make_clip("a", [0.1], [0.2])
    with pytest.raises(ValueError, match="read-only"):
        clip.left[0] = 1


@pytest.mark.parametrize("samples", [[], [math.nan], [math.inf]])
def test_clips_without_usable_samples_are_refused(samples):
    with pytest.raises(InputError, match="audio samples in x"):
        make_clip("x", samples, samples)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"hello"),
        ("empty.wav", b""),
        ("torn.flac", b"fLaC\0\0"),
        ("x.raw", b"\0" * 100),
        ("noise.mp3", random.Random(0).randbytes(64)),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"wav, flac, mp3 or ogg file at .*convert the file"):
        read_clip(path, duration_s=1)


def test_missing_files_and_folders_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="found none"):
        read_clip(tmp_path / "absent.wav", duration_s=1)
    with pytest.raises(InputError, match="wav, flac, mp3 or ogg"):
        read_clip(tmp_path, duration_s=1)


@pytest.mark.parametrize(
    ("start_s", "duration_s", "complaint"),
    [
        (1, None, "nothing there"),
        (99, 1, "nothing there"),
        (-1, 1, "start of 0 s or more"),
        (0, 0, "duration above 0 s"),
        (0, -1, "duration above 0 s"),
    ],
)
def test_parts_that_are_not_there_are_refused(tmp_path: Path, start_s, duration_s, complaint):
    path = tmp_path / "short.wav"
    soundfile.write(path, tone(440, 1, 44_100), 44_100)
    with pytest.raises(InputError, match=complaint):
        read_clip(path, start_s=start_s, duration_s=duration_s)


def test_silence_is_refused_with_its_level(tmp_path: Path):
    path = tmp_path / "silent.wav"
    soundfile.write(path, np.zeros(44_100), 44_100)
    with pytest.raises(InputError, match=r"audible music in silent\.wav.*found 0\.000000"):
        require_sound(read_clip(path, duration_s=None))


def test_silence_is_judged_by_the_pre_emphasised_level():
    # A constant passes the filter with 3 % of its level, apart from its first sample.
    def level(value):
        return make_clip("x", np.full(441_000, value), np.full(441_000, value))

    require_sound(level(0.02))
    with pytest.raises(InputError, match=r"found 0\.0004"):
        require_sound(level(0.015))


def test_channels_that_cancel_out_are_silent():
    signal = tone(440, 1, 44_100)
    with pytest.raises(InputError, match=r"found 0\.000000"):
        require_sound(make_clip("x", signal, -signal))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg"])
def test_a_name_that_is_no_utf_8_is_read_as_latin_1(tmp_path, suffix):
    plain = write_music(tmp_path / f"plain{suffix}")
    path = tmp_path / os.fsdecode(b"caf\xe9" + suffix.encode())
    plain.rename(path)

    assert read_clip(path, duration_s=0.5).name == f"caf\xe9{suffix}"
