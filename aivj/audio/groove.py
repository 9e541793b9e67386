"""Music of our own making, for where none is given: kick, bass, hats, melody, accents, a break.

Clicks alone are 98 % silence, and a preset that draws what it hears stays black under them. An even
beat sounds the same one beat later, so that a picture that moves by itself seems to follow it: here
accents of different strength fall where no beat expects them.
"""

import functools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import SAMPLE_RATE_HZ, AudioClip, make_clip

GROOVE_NAME = "groove"

GROOVE_SEED = 401
"""Of the first 1000 seeds the one whose energy is least like itself some frames before or after.

That is by the highest correlation of the energy from 1.0 s to 2.0 s, and to 3.0 s, with the energy
4 to 15 frames of 1/30 s away, and with time itself, so that a picture that only fades does not seem
to follow either; among seeds whose music is loud enough and comes back louder.
"""

GROOVE_BREAK_S = 0.4
"""Where the music stops: after a fade of 25 ms every sample is zero."""

GROOVE_DROP_S = 0.75
"""Where it comes back at once, and louder than before."""

_DURATION_S = 16.0
_STEP_S = 60 / 120 / 4
_NUM_STEPS = round(_DURATION_S / _STEP_S)
_FADE_S = 0.025
_STEPS = 32_768
_SIDE = 0.5
_SIDE_DELAY_S = 0.012
_LEVEL_BEFORE = 1.25
_LEVEL_AFTER = 1.8
_ROOTS_HZ = (55.0, 43.65, 65.41, 49.0)  # A, F, C, G: one for each bar of 16 steps
_SCALE = (4.0, 4.5, 5.0, 6.0, 6.75, 8.0)  # a pentatonic, in multiples of the root
_BASS_CHANCE = 0.75
_PLUCK_CHANCE = 0.6
_HAT_CHANCES = (0.3, 0.3, 0.9, 0.3)  # by the step in its beat
_ACCENT_GAPS_S = (0.1, 0.45)

_Floats = npt.NDArray[np.float64]


@functools.lru_cache(maxsize=1)  # each playlist, check and browser of a process asks for it
def groove(seed: int = GROOVE_SEED) -> AudioClip:
    """Returns 16 s of music at 120 bpm, in stereo; it loops without a seam.

    There is a break from 0.4 s to 0.75 s, then everything enters, and plays on to the end. Samples
    have 16 bits, so that rounding of the last digits cannot show.

    Args:
        seed: Chooses the notes, their strengths, and when the accents come.
    """
    random = np.random.default_rng(seed)
    mix = np.zeros(round(_DURATION_S * SAMPLE_RATE_HZ))
    for step in range(_NUM_STEPS):
        for sound in _sounds(step, random):
            _add(mix, step * _STEP_S, sound)
    for start_s in _accent_times_s(random):
        _add(mix, start_s, random.uniform(0.1, 1) ** 2 * _accent(random))
    _add(mix, GROOVE_DROP_S, _crash(random))
    middle = np.tanh(_level(mix) * mix)
    # Where the middle leaves room, the sides differ by what sounded a moment ago.
    side = _SIDE * (1 - np.abs(middle)) * np.roll(middle, round(_SIDE_DELAY_S * SAMPLE_RATE_HZ))
    side[middle == 0] = 0
    return make_clip(GROOVE_NAME, _quantised(middle + side), _quantised(middle - side))


def _sounds(step: int, random: np.random.Generator) -> Iterator[_Floats]:
    """Yields what begins at a sixteenth; a rest is a note too."""
    root_hz = _ROOTS_HZ[step // 16 % len(_ROOTS_HZ)]
    if step % 4 == 0:
        yield random.uniform(0.3, 0.6) * _kick()
    if step % 2 == 0 and random.random() < _BASS_CHANCE:
        yield random.uniform(0.05, 0.15) * _bass(root_hz)
    if random.random() < _HAT_CHANCES[step % 4]:
        yield random.uniform(0.02, 0.1) * _hat(random)
    if random.random() < _PLUCK_CHANCE:
        yield random.uniform(0.04, 0.14) * _pluck(root_hz * random.choice(_SCALE))


def _accent_times_s(random: np.random.Generator) -> Iterator[float]:
    """Yields times that share no grid."""
    time_s = random.uniform(*_ACCENT_GAPS_S)
    while time_s < _DURATION_S:
        yield time_s
        time_s += random.uniform(*_ACCENT_GAPS_S)


def _time_s(duration_s: float) -> _Floats:
    return np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _kick() -> _Floats:
    """A sine that falls from 160 to 50 Hz."""
    t = _time_s(0.3)
    phase = 2 * np.pi * (50 * t + 110 * 0.03 * (1 - np.exp(-t / 0.03)))
    return np.asarray(np.sin(phase) * np.exp(-t / 0.07))


def _bass(root_hz: float) -> _Floats:
    """Five partials of a saw wave."""
    t = _time_s(2 * _STEP_S)
    saw = sum(np.sin(2 * np.pi * k * root_hz * t) / k for k in range(1, 6))
    return np.asarray(saw * np.minimum(1, t / 0.005) * np.exp(-t / 0.1))


def _pluck(frequency_hz: float) -> _Floats:
    t = _time_s(0.3)
    tone = np.sin(2 * np.pi * frequency_hz * t) + 0.4 * np.sin(4 * np.pi * frequency_hz * t)
    return np.asarray(tone * np.minimum(1, t / 0.003) * np.exp(-t / 0.06))


def _hat(random: np.random.Generator) -> _Floats:
    t = _time_s(0.06)
    return np.asarray(_hiss(len(t), random) * np.exp(-t / 0.015))


def _accent(random: np.random.Generator) -> _Floats:
    """A stab of a low tone, its fifth above two octaves, and noise, gone after some 100 ms."""
    t = _time_s(0.25)
    frequency_hz = random.choice(_ROOTS_HZ) * 2
    tone = np.sin(2 * np.pi * frequency_hz * t) + 0.6 * np.sin(12 * np.pi * frequency_hz * t)
    noise = 0.3 * _hiss(len(t), random)
    return np.asarray((tone + noise) * np.minimum(1, t / 0.002) * np.exp(-t / 0.04))


def _crash(random: np.random.Generator) -> _Floats:
    t = _time_s(1.5)
    return np.asarray(0.35 * _hiss(len(t), random) * np.exp(-t / 0.3))


def _hiss(num_samples: int, random: np.random.Generator) -> _Floats:
    """Noise of which the highs are left."""
    return np.diff(random.uniform(-1, 1, num_samples + 1))


def _level(mix: _Floats) -> _Floats:
    """Returns how loud the mix is at each sample: less before the break, and 0 in it."""
    times_s = np.arange(len(mix)) / SAMPLE_RATE_HZ
    before = _LEVEL_BEFORE * np.clip((GROOVE_BREAK_S + _FADE_S - times_s) / _FADE_S, 0, 1)
    return np.where(times_s < GROOVE_DROP_S, before, _LEVEL_AFTER)


def _add(channel: _Floats, start_s: float, sound: _Floats) -> None:
    """Mixes a sound in; what is longer than the channel goes on at its beginning."""
    start = round(start_s * SAMPLE_RATE_HZ)
    channel[np.arange(start, start + len(sound)) % len(channel)] += sound


def _quantised(channel: _Floats) -> _Floats:
    steps = np.clip(np.rint(channel * _STEPS), -_STEPS, _STEPS - 1)
    return np.asarray(steps / _STEPS + 0.0)  # no negative zeros, which a file does not keep
