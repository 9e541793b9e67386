"""What of colour and motion a set of pictures reaches, read from their descriptions."""

from dataclasses import dataclass

import numpy as np

from aivj.curation.candidates import Floats

NUM_COLOURS = 64
MOTION_EDGES = tuple(float(edge) for edge in 10.0 ** np.arange(-3.0, -0.9, 0.25))
"""Between these lie the levels of motion: quarters of decades from 0.001 to 0.1."""

_COLOURS = slice(0, NUM_COLOURS)
_LAYOUT = slice(64, 112)
_MOTION = slice(112, 124)
_NOTICEABLE = 0.05


@dataclass(frozen=True)
class Coverage:
    """What pictures reach, N of them.

    Attributes:
        colour_shares: Mean share of the frame of each of 64 cubes of RGB, shape [64]; the index
            is 16 red + 4 green + blue, each of four levels.
        num_colours: Cubes that fill a twentieth of at least one picture.
        effective_colours: Exponential of the entropy of the mean shares, 1 to 64.
        luma: Mean luma of each picture, 0 to 1, shape [N].
        motion: Mean change of luma from frame to frame of each, shape [N].
        num_motions: Levels of motion with at least one picture in a hundred.
        effective_motions: Exponential of the entropy of the pictures over the levels.
    """

    colour_shares: Floats
    num_colours: int
    effective_colours: float
    luma: Floats
    motion: Floats
    num_motions: int
    effective_motions: float


NUM_MOTIONS = len(MOTION_EDGES) + 1


def coverage(descriptions: Floats) -> Coverage:
    """Reads what pictures reach.

    Args:
        descriptions: See `aivj.curation.looks.describe`; one or more, shape [N, 144].
    """
    # Descriptions hold square roots of shares, and logarithms of motion.
    shares = descriptions[:, _COLOURS] ** 2
    mean_shares = shares.mean(axis=0)
    motion = (10.0 ** descriptions[:, _MOTION]).mean(axis=1)
    levels = np.bincount(np.digitize(motion, MOTION_EDGES), minlength=NUM_MOTIONS) / len(motion)
    return Coverage(
        colour_shares=mean_shares,
        num_colours=int((shares >= _NOTICEABLE).any(axis=0).sum()),
        effective_colours=_effective(mean_shares),
        luma=descriptions[:, _LAYOUT].mean(axis=1),
        motion=motion,
        num_motions=int((levels >= 1 / 100).sum()),
        effective_motions=_effective(levels),
    )


def _effective(shares: Floats) -> float:
    """Returns the exponential of the Shannon entropy: how many equal shares it amounts to."""
    some = shares[shares > 0]
    return float(np.exp(-(some * np.log(some)).sum()))
