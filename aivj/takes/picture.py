"""How a picture looks: colourfulness, detail, and what each layer adds to it. Pure functions."""

import numpy as np
from numpy.typing import NDArray

from aivj.stage.thumbnails import luma
from aivj.takes.cells import Bytes, Pictures

Floats = NDArray[np.float32]

FOREGROUND_OPACITY = 0.7
"""Of the stage's composite, see `render/composite.ts`."""

WHOLE_LUMA_WEIGHTS = (1063, 3576, 361)
"""Rec. 709's weights in parts of 5000, which make the luma of bytes a whole number."""

LUMA_UNIT = 5000 * 255
"""That of white."""


def whole_luma(pictures: Bytes) -> Floats:
    """Returns luma in parts of `LUMA_UNIT`: whole numbers, so that limits cut exactly."""
    return np.asarray(pictures @ np.array(WHOLE_LUMA_WEIGHTS, np.float32))


def colourfulness(pictures: Bytes) -> float:
    """Returns the mean over frames of Hasler and Susstrunk's colourfulness M3 (2003).

    0 is grey, about 15 slightly, 45 quite, 109 extremely colourful; in units of 8-bit values.
    """
    red, green, blue = np.moveaxis(pictures.astype(np.float32), -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.sqrt(np.square(opponents.std(axis=(2, 3))).sum(axis=0))
    offset = np.sqrt(np.square(opponents.mean(axis=(2, 3))).sum(axis=0))
    return float(np.mean(spread + 0.3 * offset))


def spatial_detail(pictures: Bytes) -> float:
    """Returns the mean over frames of the spatial information SI of ITU-T P.910.

    The standard deviation over the picture of the Sobel gradient's length, here of luma in 0 to 1,
    so that a plain picture has 0 and hard edges everywhere give more than 1.
    """
    y = luma(pictures)
    above, below = y[:, :-2], y[:, 2:]
    smooth_rows = above + 2 * y[:, 1:-1] + below
    across = smooth_rows[:, :, 2:] - smooth_rows[:, :, :-2]
    difference = below - above
    down = difference[:, :, :-2] + 2 * difference[:, :, 1:-1] + difference[:, :, 2:]
    return float(np.mean(np.hypot(across, down).std(axis=(1, 2))))


def contributions(pair: Pictures) -> tuple[float, float]:
    """Returns what foreground and background add to the composite, each 0 to 1.

    Mean change of luma that leaving the layer out would make: without the foreground the
    background is seen as it is, without the background the foreground at its opacity. Screen
    blending only brightens, so that means can be compared instead of cells.
    """
    composite, foreground, background = (
        float(whole_luma(pictures).mean(dtype=np.float64)) / LUMA_UNIT
        for pictures in (pair.composite, pair.foreground, pair.background)
    )
    return max(0.0, composite - background), max(0.0, composite - FOREGROUND_OPACITY * foreground)
