"""Music of our own making: a groove with kick, bass, hats and melody, for where none is given.

Clicks alone are 98 % silence, and a preset that draws what it hears stays black under them.
"""

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import SAMPLE_RATE_HZ, AudioClip, make_clip

GROOVE_NAME = "groove"

_BEAT_S = 60 / 120
_NUM_BEATS = 32
_STEPS = 32_768
_ROOTS_HZ = (55.0, 43.65, 65.41, 49.0)  # A, F, C, G: one for each bar of four beats
_ARPEGGIO = (8, 12, 10, 16, 12, 10, 8, 6)  # multiples of half the root, a sixteenth each
_HAT_SEED = 120

_Floats = npt.NDArray[np.float64]


def groove() -> AudioClip:
    """Returns 16 s of music at 120 bpm in stereo, RMS about 0.2; loops without a seam.

    Samples have 16 bits, so that rounding of the last digits cannot show.
    """
    num_samples = round(_NUM_BEATS * _BEAT_S * SAMPLE_RATE_HZ)
    centre, left, right = (np.zeros(num_samples) for _ in range(3))
    hats = np.random.default_rng(_HAT_SEED)
    for beat in range(_NUM_BEATS):
        root_hz = _ROOTS_HZ[beat // 4 % len(_ROOTS_HZ)]
        start_s = beat * _BEAT_S
        _add(centre, start_s, _kick())
        for half in (0, 1):
            _add(centre, start_s + half * _BEAT_S / 2, _bass(root_hz))
            _add(left if half else right, start_s + _BEAT_S / 2, _hat(hats))
        for step in range(4):
            factor = _ARPEGGIO[(4 * beat + step) % len(_ARPEGGIO)]
            channel = left if step % 2 else right
            _add(channel, start_s + step * _BEAT_S / 4, _pluck(root_hz * factor / 2))
    return make_clip(GROOVE_NAME, _quantised(centre + left), _quantised(centre + right))


def _time_s(duration_s: float) -> _Floats:
    return np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _kick() -> _Floats:
    """A sine that falls from 160 to 50 Hz."""
    t = _time_s(0.3)
    phase = 2 * np.pi * (50 * t + 110 * 0.03 * (1 - np.exp(-t / 0.03)))
    return np.asarray(0.55 * np.sin(phase) * np.exp(-t / 0.09))


def _bass(root_hz: float) -> _Floats:
    """Five partials of a saw wave."""
    t = _time_s(_BEAT_S / 2)
    saw = sum(np.sin(2 * np.pi * k * root_hz * t) / k for k in range(1, 6))
    return np.asarray(0.14 * saw * np.minimum(1, t / 0.005) * np.exp(-t / 0.15))


def _pluck(frequency_hz: float) -> _Floats:
    t = _time_s(_BEAT_S / 4)
    tone = np.sin(2 * np.pi * frequency_hz * t) + 0.4 * np.sin(4 * np.pi * frequency_hz * t)
    return np.asarray(0.12 * tone * np.minimum(1, t / 0.003) * np.exp(-t / 0.08))


def _hat(random: np.random.Generator) -> _Floats:
    t = _time_s(0.06)
    noise = np.diff(random.normal(size=len(t) + 1))
    return np.asarray(0.05 * noise * np.exp(-t / 0.015))


def _add(channel: _Floats, start_s: float, sound: _Floats) -> None:
    """Mixes a sound in; what is longer than the channel goes on at its beginning."""
    start = round(start_s * SAMPLE_RATE_HZ)
    channel[np.arange(start, start + len(sound)) % len(channel)] += sound


def _quantised(channel: _Floats) -> _Floats:
    return np.asarray(np.clip(np.rint(channel * _STEPS), -_STEPS, _STEPS - 1) / _STEPS)
