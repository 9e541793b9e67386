"""Loudness as the runtime measures it: of the pre-emphasised signal."""

import math

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import AudioClip
from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.errors import InputError

PRE_EMPHASIS = 0.97


def pre_emphasised(
    signal: npt.NDArray[np.float64], *, previous: float = 0.0
) -> npt.NDArray[np.float64]:
    """Returns `x[n] - 0.97 * x[n - 1]`, as many samples as `signal` has.

    Args:
        signal: Mono samples, float64 of shape (num_samples,).
        previous: The sample before the first one; 0 at the start of a clip.
    """
    return signal - PRE_EMPHASIS * np.concatenate([[previous], signal[:-1]])


def require_sound(clip: AudioClip) -> None:
    """Checks that a clip is not silent by the runtime's measure.

    Raises:
        InputError: RMS of its pre-emphasised mono signal is below `MIN_SOUND_RMS`.
    """
    rms = math.sqrt(float(np.square(pre_emphasised(clip.mono)).mean()))
    if rms < MIN_SOUND_RMS:
        raise InputError(
            f"audible music in {clip.name}: pre-emphasised RMS of {MIN_SOUND_RMS} or more",
            f"{rms:.6f}",
            "choose another file or another start, or the click track",
        )


def rms_peak(clip: AudioClip, start_s: float, duration_s: float) -> tuple[float, float]:
    """Returns RMS and peak of the pre-emphasised mono signal, which rows call audioRms, audioPeak.

    RMS is smaller than that of the plain signal; the peak could reach 1.97 and is cut at 1, which
    is the end of its range in rows. The clip is looped, as the stage plays it.

    Args:
        clip: The music.
        start_s: Start of the stretch, 0 or more.
        duration_s: Its length; at least one sample is measured.
    """
    start = round(start_s * clip.sample_rate_hz)
    end = max(round((start_s + duration_s) * clip.sample_rate_hz), start + 1)
    mono = clip.mono
    signal = mono[np.arange(start, end) % clip.num_samples]
    previous = float(mono[(start - 1) % clip.num_samples]) if start else 0.0
    heard = pre_emphasised(signal, previous=previous)
    return math.sqrt(float(np.square(heard).mean())), min(1.0, float(np.abs(heard).max()))
