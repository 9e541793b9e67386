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


def time_bytes(clip: AudioClip, num_samples: int) -> bytes:
    """Returns `num_samples` bytes each of mono, left and right, one after the other.

    Mono is the mean of both channels; a clip that is shorter is looped.
    """
    looped = np.arange(num_samples) % clip.num_samples
    channels = np.stack([channel[looped] for channel in (clip.mono, clip.left, clip.right)])
    planes: npt.NDArray[np.uint8] = np.clip(np.floor(128 * (1 + channels)), 0, 255).astype(np.uint8)
    return planes.tobytes()
