"""Whether a picture answers the music, and not only moves. Pure functions.

Cross-correlating a picture's motion with the music over two seconds finds chance. Two figures do
better. The *response* compares with a counterfactual: the same pair, seed and frames in silence.
The *alignment* asks whether the picture moves when the music is loud, with the motion that silence
has left out of the question by the response; its control is the same figure for music shifted in
time, which must come out lower over a pack (AUC; see docs/log/sampling.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.audio.samples import SILENT_BYTE, WINDOW_SIZE
from aivj.stage.thumbnails import luma
from aivj.takes.cells import Bytes
from aivj.takes.settings import RenderSettings

Floats = NDArray[np.float64]

MAX_LAG_FRAMES = 3
CONTROL_SHIFTS_S = (7 / 30, 11 / 30)
"""How far the music of the control is shifted: not by a multiple of a usual beat."""

_STILL = 1e-9


@dataclass(frozen=True)
class Heard:
    """Energy of the music at the measured frames, each of shape [measure_frames].

    Attributes:
        energy: RMS of what was heard at each frame, 0 to 1.
        controls: The same for the music shifted in time.
    """

    energy: Floats
    controls: tuple[Floats, ...]

    @classmethod
    def of(cls, planar: bytes, settings: RenderSettings) -> "Heard":
        """Takes the clip as the page is given it, see `aivj.audio.samples.time_bytes`."""
        mono = np.frombuffer(planar, np.uint8)[: len(planar) // 3].astype(np.float64)
        mono = (mono - SILENT_BYTE) / SILENT_BYTE
        num_frames = settings.warmup_frames + settings.measure_frames
        ends = np.rint(np.arange(1, num_frames + 1) / settings.frames_per_s * SAMPLE_RATE_HZ)
        energy = np.array([_rms(mono[max(0, int(end) - WINDOW_SIZE) : int(end)]) for end in ends])
        measured = slice(settings.warmup_frames, None)
        shifts = [round(shift_s * settings.frames_per_s) for shift_s in CONTROL_SHIFTS_S]
        return cls(energy[measured], tuple(np.roll(energy, shift)[measured] for shift in shifts))


def _rms(samples: Floats) -> float:
    return float(np.sqrt(np.square(samples).mean())) if len(samples) else 0.0


def response(music: Bytes, silence: Bytes) -> float:
    """Returns the mean absolute difference of luma between two renderings, 0 to 1.

    Args:
        music: Pictures with music, uint8 of shape [num_frames, 36, 64, 3].
        silence: The same frames in silence.
    """
    return float(np.abs(luma(music) - luma(silence)).mean())


def alignment(motion: Floats, energy: Floats) -> float:
    """Returns the alignment of one picture, see `alignments`; `motion` has shape [num_frames]."""
    return float(alignments(motion[None], energy)[0])


def alignments(motion: Floats, energy: Floats) -> Floats:
    """Returns the correlation of motion with energy, -1 to 1, at the best of a few delays.

    Args:
        motion: Change since the frame before, shape [num_pictures, num_frames].
        energy: RMS of what was heard at each frame, shape [num_frames].

    Returns:
        The highest correlation with energy 0 to 3 frames before; 0 for a still picture or music
        of constant energy.
    """
    num_frames = len(energy)
    lags = range(min(MAX_LAG_FRAMES, num_frames - 2) + 1)
    return np.asarray(
        np.max([_correlations(motion[:, lag:], energy[: num_frames - lag]) for lag in lags], axis=0)
    )


def _correlations(first: Floats, second: Floats) -> Floats:
    # No matrix products, whose last bits depend on how many rows there are.
    first, second = first - first.mean(axis=-1, keepdims=True), second - second.mean()
    lengths = np.sqrt((first * first).sum(axis=-1) * (second * second).sum())
    products = (first * second).sum(axis=-1)
    found = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > _STILL)
    # Rounding alone puts the correlation of a series with itself above 1.
    return np.asarray(np.clip(found, -1, 1))
