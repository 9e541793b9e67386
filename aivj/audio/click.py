"""The click track: music for a machine that has none."""

import io
import wave

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import SAMPLE_RATE_HZ, AudioClip, make_clip

CLICK_NAME = "eval-click.wav"

_BEAT_S = 60 / 120
_PULSE_S = 0.012
_AMPLITUDE = 0.9
_DECAY = 6.0
_FULL_SCALE = 32_767
_STEPS = 32_768


def click_track(duration_s: float = 22.0) -> AudioClip:
    """Returns a pulse on each beat of 120 bpm, both channels alike.

    A pulse lasts 12 ms and falls from 0.9 by the factor exp(-6); samples have 16 bits, so that
    the clip and its WAV file are the same to the last bit.
    """
    num_samples = round(duration_s * SAMPLE_RATE_HZ)
    pulse_length = round(_PULSE_S * SAMPLE_RATE_HZ)
    pulse = _AMPLITUDE * np.exp(-_DECAY * np.arange(pulse_length) / pulse_length)
    beat = np.zeros(round(_BEAT_S * SAMPLE_RATE_HZ))
    beat[:pulse_length] = np.rint(pulse * _FULL_SCALE) / _STEPS
    signal = np.resize(beat, num_samples)
    return make_clip(CLICK_NAME, signal, signal)


def wav_bytes(clip: AudioClip) -> bytes:
    """Returns a clip as a 16-bit WAV file: mono when its channels are alike, else stereo."""
    alike = np.array_equal(clip.left, clip.right)
    channels = [clip.left] if alike else [clip.left, clip.right]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(clip.sample_rate_hz)
        file.writeframes(_pcm16(np.stack(channels, axis=1)).tobytes())
    return buffer.getvalue()


def _pcm16(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(samples * _STEPS), -_STEPS, _FULL_SCALE).astype("<i2")
