"""Loudness of a stretch of music, as rows report it."""

import math

import numpy as np

from aivj.audio.clip import AudioClip
from aivj.audio.emphasis import pre_emphasised


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
