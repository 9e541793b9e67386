"""Loudness over time, frame by frame, for plots beside what was drawn."""

import math

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import AudioClip
from aivj.audio.samples import WINDOW_SIZE


def rms_envelope(
    clip: AudioClip, *, frames_per_s: int = 30, num_frames: int | None = None
) -> npt.NDArray[np.float64]:
    """Returns the RMS of the mono signal that a visualiser sees at each frame, 0 to 1.

    Frame n ends at `(n + 1) / frames_per_s`; its window are the 1024 samples before, of which those
    before the clip's start are silent. The clip is looped, as the stage plays it.

    Args:
        clip: The music.
        frames_per_s: Frames a second.
        num_frames: How many; None takes those of the whole clip.

    Returns:
        float64 of shape (num_frames,).
    """
    if num_frames is None:
        num_frames = math.floor(clip.duration_s * frames_per_s)
    ends = np.rint(np.arange(1, num_frames + 1) / frames_per_s * clip.sample_rate_hz)
    indices = ends.astype(np.intp)[:, None] - np.arange(WINDOW_SIZE, 0, -1)
    heard = np.where(indices < 0, 0, clip.mono[indices % clip.num_samples])
    return np.asarray(np.sqrt(np.square(heard).mean(axis=1)))
