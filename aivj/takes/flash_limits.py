"""What counts as a flash, in whole numbers: the limits of WCAG 2.2, criterion 2.3.1, on cells.

Light is counted in whole parts of white's, so that limits cut the same on every device.
"""

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS

MAX_FLASHES_PER_S = 3

_WHITE = 30_000

LUMINANCE_CHANGE = _WHITE // 10
BRIGHTEST = _WHITE * 8 // 10 + LUMINANCE_CHANGE - 1
"""What is brighter than the darker end of a flash, below 0.8, can become is clipped to this."""

RED_CHANGE = _WHITE * 20 // 320
RED_ABOVE_OTHERS = 30
"""Bytes by which a saturated red of that much exceeds the sum of green and blue, at least."""

SATURATED = 4
"""Red is saturated that is so many times the other two, which is 0.8 of all light."""

FIELD_ROWS, FIELD_COLUMNS = CELL_ROWS // 3, CELL_COLUMNS // 3
FIELD_CELLS = FIELD_ROWS * FIELD_COLUMNS // 4

_LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
# sRGB, IEC 61966-2-1.
_LINEAR_UP_TO = 0.04045
_ENCODED = np.arange(256) / 255
_DECODED = np.where(
    _ENCODED <= _LINEAR_UP_TO, _ENCODED / 12.92, ((_ENCODED + 0.055) / 1.055) ** 2.4
)
LINEAR = np.rint(_WHITE * _DECODED).astype(np.int32)
"""Light of a byte, shape [256]."""

LUMINANCE = np.rint(_WHITE * np.outer(_LUMINANCE_WEIGHTS, _DECODED)).astype(np.int16)
"""What a byte of red, green and blue adds to relative luminance, shape [3, 256]."""
