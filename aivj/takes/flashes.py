"""Flashes as WCAG 2.2, success criterion 2.3.1, defines them: https://www.w3.org/TR/WCAG22/.

A general flash is a pair of opposing changes of relative luminance by 0.1 or more, the darker image
below 0.8; a red flash is a pair of opposing changes to or from a saturated red. More than three
flashes within a second are dangerous when they fill a quarter of any ten degrees of the visual
field, which the criterion takes as a third of the picture's width and height.

Judged on cells, each the mean of its pixels: a pattern finer than a cell cannot be seen. A bright
picture that only brightens and darkens slowly counts as well if the change adds up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes

Floats = NDArray[np.float32]

MAX_FLASHES_PER_S = 3
_LUMINANCE_CHANGE = 0.1
_DARKER_BELOW = 0.8
_RED_CHANGE = 20 / 320
_SATURATED_RED = 0.8
_FIELD_ROWS, _FIELD_COLUMNS = CELL_ROWS // 3, CELL_COLUMNS // 3
_FIELD_SHARE = 0.25

_LUMINANCE_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)
# sRGB, IEC 61966-2-1.
_LINEAR_UP_TO = 0.04045
_ENCODED = np.arange(256, dtype=np.float32) / 255
_LINEAR: Floats = np.where(
    _ENCODED <= _LINEAR_UP_TO, _ENCODED / 12.92, ((_ENCODED + 0.055) / 1.055) ** 2.4
).astype(np.float32)


@dataclass(frozen=True)
class FlashLoad:
    """The most flashes that any second and any field of the picture had.

    Attributes:
        general_per_s: Flashes of luminance, 0 or more, in halves: two changes make one.
        red_per_s: Flashes of saturated red, the same.
    """

    general_per_s: float
    red_per_s: float

    @property
    def is_unsafe(self) -> bool:
        """Whether the limit of three a second is broken."""
        return max(self.general_per_s, self.red_per_s) > MAX_FLASHES_PER_S


def flash_load(pictures: Bytes, frames_per_s: int) -> FlashLoad:
    """Counts flashes in `pictures`, uint8 of shape [num_frames, 36, 64, 3].

    Less than a second is not scaled up: what was not seen is not counted.
    """
    linear = _LINEAR[pictures]
    luminance = linear @ _LUMINANCE_WEIGHTS
    redness = np.maximum(0, linear[..., 0] - linear[..., 1] - linear[..., 2])
    saturated = linear[..., 0] >= _SATURATED_RED * np.maximum(linear.sum(axis=-1), 1e-6)
    general = _turns(luminance, _LUMINANCE_CHANGE, luminance < _DARKER_BELOW)
    red = _turns(redness, _RED_CHANGE, saturated)
    return FlashLoad(_most_per_s(general, frames_per_s), _most_per_s(red, frames_per_s))


def _turns(values: Floats, change: float, counts: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Finds changes of `change` or more since the last opposing one.

    A change counts if `counts` holds at its lower or its upper end, whichever the definition
    names: for luminance the darker, for redness the redder; both are found by asking either end.

    Returns:
        int8 of shape [num_frames, 36, 64]: 1 where a rise, -1 where a fall is complete.
    """
    turns = np.zeros(values.shape, np.int8)
    low, high = values[0].copy(), values[0].copy()
    low_counts, high_counts = counts[0].copy(), counts[0].copy()
    direction = np.zeros(values.shape[1:], np.int8)
    for frame in range(1, len(values)):
        value, here = values[frame], counts[frame]
        rises = (direction <= 0) & (value - low >= change) & (low_counts | here)
        falls = (direction >= 0) & (high - value >= change) & (high_counts | here)
        turns[frame] = rises.astype(np.int8) - falls
        direction = np.where(rises, 1, np.where(falls, -1, direction)).astype(np.int8)
        lower, higher = (value < low) | rises | falls, (value > high) | rises | falls
        low, high = np.where(lower, value, low), np.where(higher, value, high)
        low_counts = np.where(lower, here, low_counts)
        high_counts = np.where(higher, here, high_counts)
    return turns


def _most_per_s(turns: NDArray[np.int8], frames_per_s: int) -> float:
    """Returns half the most opposing turns that any field had within a second."""
    opposing = _alternating(_field_share(turns > 0), _field_share(turns < 0))
    summed = np.cumsum(opposing, axis=0)
    summed[frames_per_s:] -= summed[:-frames_per_s].copy()
    return float(summed.max()) / 2


def _field_share(turned: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells, for every place of a field, whether enough of it turned."""
    sums = np.pad(turned.astype(np.int32), ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    rows, columns = _FIELD_ROWS, _FIELD_COLUMNS
    counts = (
        sums[:, rows:, columns:]
        - sums[:, :-rows, columns:]
        - sums[:, rows:, :-columns]
        + sums[:, :-rows, :-columns]
    )
    return np.asarray(counts >= _FIELD_SHARE * rows * columns)


def _alternating(rises: NDArray[np.bool_], falls: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Keeps of each field's rises and falls those that oppose the one before."""
    kept = np.zeros(rises.shape, np.int32)
    direction = np.zeros(rises.shape[1:], np.int8)
    for frame in range(len(rises)):
        rising = rises[frame] & (direction <= 0)
        falling = falls[frame] & (direction >= 0) & ~rising
        kept[frame] = rising | falling
        direction = np.where(rising, 1, np.where(falling, -1, direction)).astype(np.int8)
    return kept
