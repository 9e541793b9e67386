"""Flashes as WCAG 2.2, success criterion 2.3.1, defines them: https://www.w3.org/TR/WCAG22/.

A general flash is a pair of opposing changes of relative luminance by 0.1 or more, the darker image
below 0.8; a red flash is a pair of opposing changes to or from a saturated red. More than three
flashes within a second are dangerous when they fill a quarter of any ten degrees of the visual
field, which the criterion takes as a third of the picture's width and height.

Judged on cells, each the mean of its pixels: a pattern finer than a cell cannot be seen. A bright
picture that only brightens and darkens slowly counts as well if the change adds up.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes
from aivj.takes.flash_limits import (
    BRIGHTEST,
    FIELD_CELLS,
    FIELD_COLUMNS,
    FIELD_ROWS,
    LINEAR,
    LUMINANCE,
    LUMINANCE_CHANGE,
    MAX_FLASHES_PER_S,
    RED_ABOVE_OTHERS,
    RED_CHANGE,
    SATURATED,
)

_NUM_CELLS = CELL_ROWS * CELL_COLUMNS
_GREEN_AND_BLUE = np.add.outer(LINEAR, LINEAR).ravel()
_OF_RED, _OF_GREEN, _OF_BLUE = LUMINANCE
_OF_RED_AND_BLUE = np.add.outer(_OF_RED, _OF_BLUE).ravel()
"""By 256 times red and blue: looking up is dear, and twice is less than thrice."""

Array = Any
"""A numpy array or a torch tensor: both know the operations that are used here."""


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
    cells = pictures.reshape(len(pictures), 1, -1, 3).astype(np.float32)
    light = Light.of(np, [cells[..., channel] for channel in range(3)])
    general, red = flash_loads(np, light, frames_per_s)
    return FlashLoad(float(general[0]), float(red[0]))


@dataclass(frozen=True)
class Light:
    """Light of the cells of some pairs, frame by frame.

    Attributes:
        luminance: Relative luminance, int16 of shape [num_frames, num_pairs, 2304]; what is
            brighter than the darker end of a flash can become is clipped.
        reddish: Places `2304 * pair + cell` of cells that may be part of a flash in saturated red,
            ascending, int64 of shape [num_places].
        redness: Their red less green and blue, 0 or more, int16 of shape [num_frames, num_places].
        saturated: Where red is 0.8 or more of all light, bool of the same shape.
    """

    luminance: Array
    reddish: Array
    redness: Array
    saturated: Array

    @classmethod
    def of(cls, xp: Any, planes: list[Array]) -> "Light":
        """Decodes red, green and blue, each float32 0 to 255 of shape [frames, pairs, 2304]."""
        luminance = _decoded(xp, _OF_GREEN, planes[1])
        luminance += _decoded(xp, _OF_RED_AND_BLUE, 256 * planes[0] + planes[2])
        brightest = xp.full_like(luminance[:1], BRIGHTEST)

        excess = planes[0] - planes[1]
        excess -= planes[2]
        places = _in_fields(xp, xp.amax(excess, 0) >= RED_ABOVE_OTHERS)
        red, green, blue = (plane.reshape(len(plane), -1)[:, places] for plane in planes)
        light = _decoded(xp, LINEAR, red)
        others = _decoded(xp, _GREEN_AND_BLUE, 256 * green + blue)
        redness = xp.asarray(xp.maximum(light - others, xp.zeros_like(light)), dtype=xp.int16)
        saturated = (light >= SATURATED * others) & (light > 0)
        changes = xp.amax(redness, 0) - xp.amin(redness, 0) >= RED_CHANGE
        flashing = xp.where(changes & saturated.any(0))[0]
        return cls(
            luminance=xp.minimum(luminance, brightest),
            reddish=places[flashing],
            redness=redness[:, flashing],
            saturated=saturated[:, flashing],
        )


def flash_loads(xp: Any, light: Light, frames_per_s: int) -> tuple[Array, Array]:
    """Returns general and red flashes a second, each float64 of shape [num_pairs].

    Args:
        xp: numpy or torch, whichever the arrays are of.
        light: That of the pairs.
        frames_per_s: Rate of the frames.
    """
    # What falls rises upside down.
    either = xp.stack([light.luminance, -light.luminance], 1)
    general = _most_per_s(xp, _of_fields(xp, _rises(xp, either)), frames_per_s)
    red = xp.zeros_like(general)
    if len(light.reddish):
        pairs = xp.unique(light.reddish // _NUM_CELLS)
        pair, cell = xp.searchsorted(pairs, light.reddish // _NUM_CELLS), light.reddish % _NUM_CELLS
        turns = _red_turns(xp, light.redness, light.saturated)
        shown = _shown(xp, turns, pair * _NUM_CELLS + cell, len(pairs))
        red[pairs] = _most_per_s(xp, _of_fields(xp, shown), frames_per_s)
    return general, red


def _rises(xp: Any, luminance: Array) -> Array:
    """Finds where luminance completes a rise since the last fall, or since the beginning.

    A band as high as a flash is carried along by the values: a rise is complete where they push it
    up and pushed it down before. Whether the darker end is dark enough is seen to by clipping.

    Returns:
        bool of the shape of `luminance`, frames first.
    """
    found = xp.zeros_like(luminance, dtype=xp.bool)
    low = luminance[0]
    fell = xp.ones_like(found[0])
    for frame in range(1, len(luminance)):
        value = luminance[frame]
        lifted = value - LUMINANCE_CHANGE
        pushed_up, pushed_down = lifted >= low, value <= low
        found[frame] = pushed_up & fell
        fell = (fell > pushed_up) | pushed_down
        low = xp.minimum(xp.maximum(low, lifted), value)
    return found


def _red_turns(xp: Any, redness: Array, saturated: Array) -> Array:
    """Finds where a rise and where a fall of redness is complete, one of its ends saturated.

    Returns:
        bool of shape [num_frames, 2, num_places]: rises, falls.
    """
    turns = xp.zeros_like(xp.stack([saturated, saturated], 1))
    low = high = redness[0]
    low_saturated = high_saturated = saturated[0]
    may_rise = may_fall = xp.ones_like(saturated[0])
    for frame in range(1, len(redness)):
        value, here = redness[frame], saturated[frame]
        rise = may_rise & (value - low >= RED_CHANGE) & (low_saturated | here)
        fall = may_fall & (high - value >= RED_CHANGE) & (high_saturated | here) & ~rise
        turns[frame, 0], turns[frame, 1] = rise, fall
        may_rise, may_fall = (may_rise > rise) | fall, (may_fall > fall) | rise
        turned = rise | fall
        lower, higher = (value < low) | turned, (value > high) | turned
        low, high = xp.where(lower, value, low), xp.where(higher, value, high)
        low_saturated = xp.where(lower, here, low_saturated)
        high_saturated = xp.where(higher, here, high_saturated)
    return turns


def _most_per_s(xp: Any, turns: Array, frames_per_s: int) -> Array:
    """Returns half the most opposing turns that any field had within a second, for each pair.

    Args:
        xp: numpy or torch.
        turns: Rises and falls, bool of shape [num_frames, 2, num_pairs, num_fields].
        frames_per_s: Rate of the frames.
    """
    opposing = xp.asarray(_opposing(xp, turns[:, 0], turns[:, 1]), dtype=xp.int16)
    within = xp.zeros_like(opposing[0])
    most = xp.zeros_like(opposing[0])
    for frame in range(len(opposing)):
        within = within + opposing[frame]
        if frame >= frames_per_s:
            within -= opposing[frame - frames_per_s]
        most = xp.maximum(most, within)
    return xp.asarray(xp.amax(most, 1), dtype=xp.float64) / 2


def _opposing(xp: Any, rises: Array, falls: Array) -> Array:
    """Keeps of each field's rises and falls those that oppose the one before."""
    kept = xp.zeros_like(rises)
    may_rise = may_fall = xp.ones_like(rises[0])
    for frame in range(len(rises)):
        rise = rises[frame] & may_rise
        fall = (falls[frame] & may_fall) > rise
        kept[frame] = rise | fall
        may_rise, may_fall = (may_rise > rise) | fall, (may_fall > fall) | rise
    return kept


def _of_fields(xp: Any, holds: Array) -> Array:
    """Tells of every field whether enough of its cells hold.

    Args:
        xp: numpy or torch.
        holds: bool of shape [..., 2304].

    Returns:
        bool of shape [..., num_fields].
    """
    # A field's cells are fewer than 256, and so are the sums of all rows and columns within it.
    # They are taken along all pictures; where no field begins they are not looked at.
    cells = xp.asarray(holds, dtype=xp.uint8).reshape(-1)
    by_rows = _window_sums(cells, FIELD_ROWS, CELL_COLUMNS)
    sums = _window_sums(by_rows, FIELD_COLUMNS, 1)
    enough = xp.zeros_like(cells, dtype=xp.bool)
    enough[: len(sums)] = sums >= FIELD_CELLS
    shape = holds.shape[:-1]
    fields = enough.reshape(*shape, CELL_ROWS, CELL_COLUMNS)[
        ..., : CELL_ROWS - FIELD_ROWS + 1, : CELL_COLUMNS - FIELD_COLUMNS + 1
    ]
    return fields.reshape(*shape, -1)


def _window_sums(values: Array, size: int, step: int) -> Array:
    """Returns sums of `size` values that lie `step` apart, shape [num_values], by doubling."""
    num_sums = len(values) - (size - 1) * step
    summed, sums, begin, width = values, None, 0, 1
    while True:
        if size & width:
            part = summed[begin * step : begin * step + num_sums]
            sums = part if sums is None else sums + part
            begin += width
        if begin == size:
            return sums
        summed = summed[: -width * step] + summed[width * step :]
        width *= 2


def _in_fields(xp: Any, holds: Array) -> Array:
    """Returns the places where bool [num_pairs, 2304] holds, of those pairs of which a field does.

    Returns:
        `2304 * pair + cell`, ascending.
    """
    fields = _of_fields(xp, holds)
    return xp.where((holds & fields.any(1)[:, None]).reshape(-1))[0]


def _shown(xp: Any, turns: Array, places: Array, num_pairs: int) -> Array:
    """Returns whole pictures, [num_frames, 2, num_pairs, 2304], of which some places turned."""
    num_frames, num_ways, _ = turns.shape
    shown = xp.zeros(
        (num_frames, num_ways, num_pairs * _NUM_CELLS), dtype=xp.bool, device=turns.device
    )
    shown[..., places] = turns
    return shown.reshape(num_frames, num_ways, num_pairs, _NUM_CELLS)


def _decoded(xp: Any, table: NDArray[Any], levels: Array) -> Array:
    places = xp.asarray(levels, dtype=xp.int64)
    return xp.take(xp.asarray(table, device=places.device), places)
