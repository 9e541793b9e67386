"""Samples in the form in which the stage's page is given them.

Bytes are those of the Web Audio API's `getByteTimeDomainData`: `floor(128 * (1 + x))`, clamped to
0..255, so that silence is 128.
"""

import numpy as np
import numpy.typing as npt

from aivj.audio.clip import AudioClip

WINDOW_SIZE = 1024
"""Samples that a visualiser sees at a frame."""

SILENT_BYTE = 128

Bytes = npt.NDArray[np.uint8]


def time_bytes(clip: AudioClip, num_samples: int) -> bytes:
    """Returns `num_samples` bytes each of mono, left and right, one after the other.

    Mono is the mean of both channels; a clip that is shorter is looped.
    """
    return _planes(clip, np.arange(num_samples)).tobytes()


def window(clip: AudioClip, end_sample: int, size: int = WINDOW_SIZE) -> Bytes:
    """Returns what a visualiser sees at a frame: the reference for the stage's own slicing.

    Args:
        clip: The music, looped.
        end_sample: Sample at the frame's time; the window ends just before it.
        size: Samples in the window.

    Returns:
        Mono, left and right, uint8 of shape (3, size); 128 before the clip's start.
    """
    indices = np.arange(end_sample - size, end_sample)
    heard = _planes(clip, indices)
    heard[:, indices < 0] = SILENT_BYTE
    return heard


def _planes(clip: AudioClip, indices: npt.NDArray[np.intp]) -> Bytes:
    looped = indices % clip.num_samples
    channels = np.stack([channel[looped] for channel in (clip.mono, clip.left, clip.right)])
    planes: Bytes = np.clip(np.floor(128 * (1 + channels)), 0, 255).astype(np.uint8)
    return planes
