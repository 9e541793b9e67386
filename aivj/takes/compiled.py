"""Figures of composites of many pairs, cell by cell, compiled by numba for the CPU.

The definitions are those of `figures`, `picture`, `reactivity` and `flashes`; `composite` has them
for torch. All sums are of whole numbers, so that their order does not show: the same bytes on any
number of threads and on any processor.

The first call after an installation compiles for some seconds; numba keeps what comes of it in the
user's cache (`compiled_cache`), or beside this file. It looks at this file alone to tell whether
that is still valid, so that what other modules say is passed in, see `Rules`.
"""

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from aivj.takes import flash_limits
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes
from aivj.takes.compiled_cache import found_by_content
from aivj.takes.composite import CompositeFigures
from aivj.takes.figures import BLACK_BELOW, BLOWN_ABOVE
from aivj.takes.picture import LUMA_UNIT, WHOLE_LUMA_WEIGHTS
from aivj.takes.settings import RenderSettings

Places = NDArray[np.integer[Any]]
Whole = NDArray[np.int32]
Flags = NDArray[np.bool_]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_PARTS = 256
"""Of a unit of luma, in which lengths of gradients are summed."""


def _compiled(function: _Function) -> _Function:
    compiled = numba.njit(nogil=True)(function)
    # Where neither the user's folder nor this one may be written, each process compiles for itself.
    with contextlib.suppress(RuntimeError), found_by_content():
        compiled.enable_caching()
    return cast("_Function", compiled)


class Rules(NamedTuple):
    """What figures are measured by; lengths in cells or frames, levels as `flash_limits` has them.

    `compared` is the first of the frames that the silent ones stand beside, `compared_every` how
    many frames lie between two of them.
    """

    num_music: int
    compared: int
    compared_every: int
    frames_per_s: int
    rows: int
    columns: int
    field_rows: int
    field_columns: int
    field_cells: int
    luma_weights: Whole
    luma_unit: int
    black_below: int
    blown_above: int
    luminance: NDArray[np.int16]
    linear: Whole
    luminance_change: int
    brightest: int
    red_change: int
    red_above_others: int
    saturated: int

    @classmethod
    def of(cls, settings: RenderSettings) -> "Rules":
        """Returns those of layers that were rendered so."""
        compared = settings.compared_frames
        return cls(
            num_music=settings.measure_frames + 1,
            compared=compared.start + 1,
            compared_every=compared.step,
            frames_per_s=settings.frames_per_s,
            rows=CELL_ROWS,
            columns=CELL_COLUMNS,
            field_rows=flash_limits.FIELD_ROWS,
            field_columns=flash_limits.FIELD_COLUMNS,
            field_cells=flash_limits.FIELD_CELLS,
            luma_weights=np.array(WHOLE_LUMA_WEIGHTS, np.int32),
            luma_unit=LUMA_UNIT,
            black_below=round(BLACK_BELOW * LUMA_UNIT),
            blown_above=round(BLOWN_ABOVE * LUMA_UNIT),
            luminance=flash_limits.LUMINANCE,
            linear=flash_limits.LINEAR,
            luminance_change=flash_limits.LUMINANCE_CHANGE,
            brightest=flash_limits.BRIGHTEST,
            red_change=flash_limits.RED_CHANGE,
            red_above_others=flash_limits.RED_ABOVE_OTHERS,
            saturated=flash_limits.SATURATED,
        )


@_compiled
def measure(planes: Bytes, pairs: Places, rules: Rules, found: CompositeFigures) -> None:
    """Composes and measures pairs of layers.

    Args:
        planes: Those of all layers, see `LayerTable.planes`.
        pairs: Places of the layers in front and behind, shape [num_pairs, 2].
        rules: By which they are measured.
        found: Is written to, a row for each pair.
    """
    num_frames, num_cells = planes.shape[2:]
    shown = np.empty((3, num_frames, num_cells), np.uint8)
    luma = np.empty((num_frames, num_cells), np.int32)
    turns = np.empty((rules.num_music, 2, num_cells), np.bool_)
    for pair in range(len(pairs)):
        front, back = planes[pairs[pair, 0]], planes[pairs[pair, 1]]
        for frame in range(num_frames):
            _compose(front[:, frame], back[:, frame], rules, shown[:, frame], luma[frame])
        for frame in range(rules.num_music):
            for channel in range(3):
                found.color[pair, frame, channel] = _total(shown[channel, frame]) / (
                    255 * num_cells
                )
        for frame in range(1, rules.num_music):
            at = frame - 1
            found.delta[pair, at] = _difference(luma[frame], luma[at], rules)
            found.black[pair, at] = (luma[frame] < rules.black_below).sum() / num_cells
            found.blown[pair, at] = (luma[frame] > rules.blown_above).sum() / num_cells
            found.colourfulness[pair, at] = _colourfulness(shown[:, frame])
            found.spatial_detail[pair, at] = _spatial_detail(luma[frame], rules)
        for place in range(num_frames - rules.num_music):
            compared = luma[rules.compared + place * rules.compared_every]
            found.response[pair, place] = _difference(
                compared, luma[rules.num_music + place], rules
            )
        _luminance_turns(shown, rules, turns)
        found.flashes_per_s[pair] = _most_per_s(turns, rules)
        found.red_flashes_per_s[pair] = 0
        if _red_turns(shown, rules, turns):
            found.red_flashes_per_s[pair] = _most_per_s(turns, rules)


@_compiled
def _compose(front: Bytes, back: Bytes, rules: Rules, shown: Bytes, luma: Whole) -> None:
    """Blends a frame as `compose.screen_blend` does, and writes its luma.

    0.7 / 255 of the way to white is 7 / 2550 of it; half of that more rounds to the nearest.
    """
    luma[:] = 0
    for channel in range(3):
        weight = rules.luma_weights[channel]
        for cell in range(len(luma)):
            behind = np.int32(back[channel, cell])
            lifted = front[channel, cell] * (np.int32(255) - behind)
            level = behind + np.int32((7 * lifted + 1275) // np.int32(2550))
            shown[channel, cell] = level
            luma[cell] += weight * level


@_compiled
def _total(levels: Bytes) -> int:
    total = 0
    for cell in range(len(levels)):
        total += levels[cell]
    return total


@_compiled
def _difference(one: Whole, other: Whole, rules: Rules) -> float:
    """Returns the mean absolute difference of luma, 0 to 1."""
    total = 0
    for cell in range(len(one)):
        total += abs(one[cell] - other[cell])
    return total / (len(one) * rules.luma_unit)


@_compiled
def _colourfulness(shown: Bytes) -> float:
    """See `picture.colourfulness`; the second opponent is counted twice, as a whole number."""
    num_cells = shown.shape[1]
    first = second = first_squared = second_squared = 0
    for cell in range(num_cells):
        red, green, blue = int(shown[0, cell]), int(shown[1, cell]), int(shown[2, cell])
        one, other = red - green, red + green - 2 * blue
        first += one
        second += other
        first_squared += one * one
        second_squared += other * other
    area = num_cells * num_cells
    spread = 4 * (first_squared * num_cells - first * first) + (
        second_squared * num_cells - second * second
    )
    offset = 4 * first * first + second * second
    return float((np.sqrt(spread / area) + 0.3 * np.sqrt(offset / area)) / 2)


@_compiled
def _spatial_detail(luma: Whole, rules: Rules) -> float:
    """See `picture.spatial_detail`: the spread of lengths of gradients, by their squares' sum."""
    columns = rules.columns
    total = squared = 0
    for row in range(rules.rows - 2):
        above, beside, below = (
            luma[row * columns : (row + 1) * columns],
            luma[(row + 1) * columns : (row + 2) * columns],
            luma[(row + 2) * columns : (row + 3) * columns],
        )
        for column in range(columns - 2):
            right = above[column + 2] + 2 * beside[column + 2] + below[column + 2]
            left = above[column] + 2 * beside[column] + below[column]
            lower = below[column] + 2 * below[column + 1] + below[column + 2]
            upper = above[column] + 2 * above[column + 1] + above[column + 2]
            square = (right - left) * (right - left) + (lower - upper) * (lower - upper)
            squared += int(square)
            total += int(_PARTS * np.sqrt(square))
    num = (rules.rows - 2) * (columns - 2)
    mean = total / (_PARTS * num)
    return float(np.sqrt(max(0.0, squared / num - mean * mean)) / rules.luma_unit)


@_compiled
def _luminance_turns(shown: Bytes, rules: Rules, turns: Flags) -> None:
    """Finds where luminance completes a rise and where a fall, see `flashes`.

    A band as high as a flash is carried along by the values: a rise is complete where they push it
    up and pushed it down before. What falls rises upside down.
    """
    num_cells = shown.shape[2]
    value = np.empty(num_cells, np.int32)
    low = np.empty((2, num_cells), np.int32)
    fell = np.ones((2, num_cells), np.bool_)
    turns[0] = False
    for frame in range(rules.num_music):
        for cell in range(num_cells):
            light = (
                rules.luminance[0, shown[0, frame, cell]]
                + rules.luminance[1, shown[1, frame, cell]]
                + rules.luminance[2, shown[2, frame, cell]]
            )
            value[cell] = min(light, rules.brightest)
        for way in range(2):
            sign = 1 - 2 * way
            if frame == 0:
                low[way] = sign * value
                continue
            for cell in range(num_cells):
                level = sign * value[cell]
                lifted = level - rules.luminance_change
                up, down = lifted >= low[way, cell], level <= low[way, cell]
                turns[frame, way, cell] = up & fell[way, cell]
                fell[way, cell] = (fell[way, cell] & (not up)) | down
                low[way, cell] = min(max(low[way, cell], lifted), level)


@_compiled
def _red_turns(shown: Bytes, rules: Rules, turns: Flags) -> bool:
    """Finds where a rise and where a fall of redness is complete, one of its ends saturated.

    Returns:
        Whether there are cells enough that are reddish; else `turns` are not written.
    """
    num_cells = shown.shape[2]
    reddish = np.zeros(num_cells, np.bool_)
    for frame in range(rules.num_music):
        for cell in range(num_cells):
            excess = np.int32(shown[0, frame, cell]) - shown[1, frame, cell] - shown[2, frame, cell]
            reddish[cell] |= excess >= rules.red_above_others
    if not _fields(reddish, rules, np.empty(_num_fields(rules), np.bool_)):
        return False
    turns[:] = False
    for place in np.nonzero(reddish)[0]:
        _cell_red_turns(shown[:, :, place], rules, turns[:, :, place])
    return True


@_compiled
def _cell_red_turns(shown: Bytes, rules: Rules, turns: Flags) -> None:
    low = high = 0
    low_saturated = high_saturated = False
    may_rise = may_fall = True
    for frame in range(rules.num_music):
        light = rules.linear[shown[0, frame]]
        others = rules.linear[shown[1, frame]] + rules.linear[shown[2, frame]]
        value, here = max(light - others, 0), light >= rules.saturated * others and light > 0
        if frame == 0:
            low = high = value
            low_saturated = high_saturated = here
            continue
        rise = may_rise and value - low >= rules.red_change and (low_saturated or here)
        fall = (
            not rise and may_fall and high - value >= rules.red_change and (high_saturated or here)
        )
        turns[frame, 0], turns[frame, 1] = rise, fall
        if rise or fall:
            may_rise, may_fall = fall, rise
            low = high = value
            low_saturated = high_saturated = here
        if value < low:
            low, low_saturated = value, here
        if value > high:
            high, high_saturated = value, here


@_compiled
def _num_fields(rules: Rules) -> int:
    return (rules.rows - rules.field_rows + 1) * (rules.columns - rules.field_columns + 1)


@_compiled
def _most_per_s(turns: Flags, rules: Rules) -> float:
    """Returns half the most opposing turns that any field had within a second."""
    num_fields = _num_fields(rules)
    rises, falls = np.zeros(num_fields, np.bool_), np.zeros(num_fields, np.bool_)
    may_rise, may_fall = np.ones(num_fields, np.bool_), np.ones(num_fields, np.bool_)
    opposing = np.zeros((len(turns), num_fields), np.bool_)
    within = np.zeros(num_fields, np.int32)
    most = 0
    for frame in range(len(turns)):
        rose, fell = (
            _fields(turns[frame, 0], rules, rises),
            _fields(turns[frame, 1], rules, falls),
        )
        if rose or fell:
            for field in range(num_fields):
                rise = rises[field] & may_rise[field]
                fall = falls[field] & may_fall[field] & (not rise)
                opposing[frame, field] = rise | fall
                may_rise[field] = (may_rise[field] & (not rise)) | fall
                may_fall[field] = (may_fall[field] & (not fall)) | rise
        for field in range(num_fields):
            within[field] += opposing[frame, field]
            if frame >= rules.frames_per_s:
                within[field] -= opposing[frame - rules.frames_per_s, field]
            most = max(most, within[field])
    return most / 2


@_compiled
def _fields(holds: Flags, rules: Rules, enough: Flags) -> bool:
    """Tells of every field whether enough of its cells hold; returns whether one has as many."""
    enough[:] = False
    if holds.sum() < rules.field_cells:
        return False
    columns, across = rules.columns, rules.columns - rules.field_columns + 1
    some = False
    down = np.zeros(columns, np.int32)
    for row in range(rules.rows):
        for column in range(columns):
            down[column] += holds[row * columns + column]
            if row >= rules.field_rows:
                down[column] -= holds[(row - rules.field_rows) * columns + column]
        if row < rules.field_rows - 1:
            continue
        first = (row - rules.field_rows + 1) * across
        within = int(down[: rules.field_columns].sum())
        for column in range(across):
            if column > 0:
                within += int(down[column + rules.field_columns - 1] - down[column - 1])
            enough[first + column] = within >= rules.field_cells
            some |= enough[first + column]
    return some
