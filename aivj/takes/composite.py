"""Figures of composites of many pairs at once, for torch on any device.

The definitions are those of `figures`, `picture` and `reactivity`; here they are arranged so that
every sum is one of whole numbers that fit a float, and so is the same in any order: on any number
of threads, in any batch, on any device. `compiled` has the same for a CPU. Arrays have frames
first, then pairs, then cells; luma is counted in parts of `LUMA_UNIT`.
"""

from typing import Any, NamedTuple

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS
from aivj.takes.compose import FOREGROUND_PER_BYTE
from aivj.takes.figures import BLACK_BELOW, BLOWN_ABOVE
from aivj.takes.flashes import Light, flash_loads
from aivj.takes.picture import LUMA_UNIT, WHOLE_LUMA_WEIGHTS
from aivj.takes.settings import RenderSettings

Array = Any
"""A numpy array or a torch tensor."""

_SUMMED_FIRST = 8
"""Neighbours whose sum still is a whole number that float32 holds, see `_total`."""


class CompositeFigures(NamedTuple):
    """Figures of composites, float64, pairs first: arrays of numpy, or tensors.

    Attributes:
        color: Mean red, green and blue of all frames with music, 0 to 1, shape
            [num_pairs, measure_frames + 1, 3].
        delta: Mean change of luma to each measured frame, shape [num_pairs, measure_frames].
        response: Mean difference of luma from silence, shape [num_pairs, num_compared].
        black: Share of cells that are black, shape [num_pairs, measure_frames], as what follows.
        blown: Share of cells that are blown out.
        colourfulness: See `picture.colourfulness`.
        spatial_detail: See `picture.spatial_detail`.
        flashes_per_s: See `flashes.FlashLoad`, shape [num_pairs].
        red_flashes_per_s: The same.
    """

    color: Array
    delta: Array
    response: Array
    black: Array
    blown: Array
    colourfulness: Array
    spatial_detail: Array
    flashes_per_s: Array
    red_flashes_per_s: Array

    @classmethod
    def empty(cls, num_pairs: int, settings: RenderSettings) -> "CompositeFigures":
        """Returns arrays of numpy for so many pairs, not filled."""
        per_frame = (num_pairs, settings.measure_frames)
        return cls(
            color=np.empty((num_pairs, settings.measure_frames + 1, 3)),
            delta=np.empty(per_frame),
            response=np.empty((num_pairs, settings.num_compared)),
            black=np.empty(per_frame),
            blown=np.empty(per_frame),
            colourfulness=np.empty(per_frame),
            spatial_detail=np.empty(per_frame),
            flashes_per_s=np.empty(num_pairs),
            red_flashes_per_s=np.empty(num_pairs),
        )

    def rows(self, pairs: slice) -> "CompositeFigures":
        """Returns those of some of the pairs; what is written to them is written to these."""
        return CompositeFigures(*(column[pairs] for column in self))


def composite_figures(
    xp: Any, front: Array, back: Array, settings: RenderSettings
) -> CompositeFigures:
    """Composes pairs and measures them.

    Args:
        xp: torch, or numpy if the arrays are its.
        front: Planes of the foregrounds, uint8 of shape [pairs, 3, frames, 2304], see
            `LayerTable.planes`.
        back: Planes of the backgrounds, the same.
        settings: How the layers were rendered.
    """
    num_music = settings.measure_frames + 1
    color, planes = [], []
    luma: Array = None
    for channel, weight in enumerate(WHOLE_LUMA_WEIGHTS):
        foreground = _frames_first(xp, front, channel)
        plane = _frames_first(xp, back, channel)
        seen = 255 - plane
        foreground *= FOREGROUND_PER_BYTE
        seen *= foreground
        plane += xp.round(seen, out=seen)
        color.append(_total_bytes(xp, plane[:num_music]))
        xp.multiply(plane, weight, out=seen)
        luma = seen if luma is None else xp.add(luma, seen, out=luma)
        planes.append(plane[:num_music])
    measured = luma[1:num_music]
    num_cells = measured.shape[-1]
    change = xp.abs(measured - luma[: num_music - 1])
    answer = xp.abs(measured[settings.compared_frames] - luma[num_music:])
    per_cell = 1 / (num_cells * LUMA_UNIT)
    light = Light.of(xp, planes)
    flashes_per_s, red_flashes_per_s = flash_loads(xp, light, settings.frames_per_s)
    return CompositeFigures(
        color=xp.stack(color, -1).swapaxes(0, 1) / (255 * num_cells),
        delta=_total(xp, change).T * per_cell,
        black=_share(xp, measured < BLACK_BELOW * LUMA_UNIT).T,
        blown=_share(xp, measured > BLOWN_ABOVE * LUMA_UNIT).T,
        response=_total(xp, answer).T * per_cell,
        colourfulness=_colourfulness(
            xp, [plane[1:] for plane in planes], [sums[1:] for sums in color]
        ).T,
        spatial_detail=_spatial_detail(xp, measured).T,
        flashes_per_s=flashes_per_s,
        red_flashes_per_s=red_flashes_per_s,
    )


def _colourfulness(xp: Any, planes: list[Array], color: list[Array]) -> Array:
    """See `picture.colourfulness`; the second opponent is counted twice, as a whole number."""
    red, green, blue = planes
    first, second = red - green, red + green
    second -= blue
    second -= blue
    spread = offset = 0.0
    for opponent, sums, weight in (
        (first, color[0] - color[1], 1.0),
        (second, color[0] + color[1] - 2 * color[2], 0.25),
    ):
        num_cells = opponent.shape[-1]
        rows = opponent.reshape(*opponent.shape[:-1], CELL_ROWS, CELL_COLUMNS)
        squares = xp.linalg.vecdot(rows, rows).sum(-1, dtype=xp.float64)
        spread = spread + weight * (squares * num_cells - sums * sums) / num_cells**2
        offset = offset + weight * (sums / num_cells) ** 2
    return xp.sqrt(spread) + 0.3 * xp.sqrt(offset)


def _spatial_detail(xp: Any, luma: Array) -> Array:
    """See `picture.spatial_detail`; `luma` lies in one piece.

    Neighbours are found along all cells of all pictures, so that each row runs into the next and
    each picture into the one behind it; the two rows and columns that this spoils are left out of
    the sums. A result is never written over what it shares memory with: numpy would copy first.
    """
    cells = luma.reshape(-1)
    rows = cells[:-CELL_COLUMNS] + cells[CELL_COLUMNS:]
    smooth = rows[:-CELL_COLUMNS] + rows[CELL_COLUMNS:]
    across = xp.subtract(smooth[2:], smooth[:-2], out=rows[: len(smooth) - 2])
    steep = xp.subtract(cells[2 * CELL_COLUMNS :], cells[: -2 * CELL_COLUMNS], out=smooth)
    pairs = steep[1:] + steep[:-1]
    length = xp.empty_like(cells)
    gradient = xp.add(pairs[1:], pairs[:-1], out=length[: len(across)])
    gradient *= gradient
    across *= across
    gradient += across
    xp.sqrt(gradient, out=gradient)
    lengths = length.reshape(*luma.shape[:-1], CELL_ROWS, CELL_COLUMNS)
    spoilt = lengths[..., -2:, :], lengths[..., -2:]
    num = (CELL_ROWS - 2) * (CELL_COLUMNS - 2)
    for part in spoilt:
        part[...] = 0
    mean = xp.linalg.vecdot(lengths, xp.ones_like(lengths[0, 0])).sum(-1, dtype=xp.float64) / num
    lengths -= xp.asarray(mean, dtype=xp.float32)[..., None, None]
    for part in spoilt:
        part[...] = 0
    return xp.sqrt(xp.linalg.vecdot(lengths, lengths).sum(-1, dtype=xp.float64) / num) / LUMA_UNIT


def _frames_first(xp: Any, planes: Array, channel: int) -> Array:
    """Returns a channel as float32 of shape [frames, pairs, cells], whose values may be changed."""
    return xp.asarray(planes[:, channel].swapaxes(0, 1), dtype=xp.float32, copy=True)


def _total(xp: Any, values: Array) -> Array:
    """Returns the sums over cells of whole numbers below 2**21, exactly, as float64.

    The first eight addends stay below 2**24, which float32 holds.
    """
    parts = values.reshape(*values.shape[:-1], _SUMMED_FIRST, -1)
    return parts.sum(-2).sum(-1, dtype=xp.float64)


def _total_bytes(xp: Any, values: Array) -> Array:
    """Returns the sums over cells of whole numbers up to 255, which float32 holds."""
    return xp.asarray(values @ xp.ones_like(values[0, 0]), dtype=xp.float64)


def _share(xp: Any, holds: Array) -> Array:
    """Returns the share of cells of each frame, shape [num_frames, num_pairs]."""
    return _total_bytes(xp, xp.asarray(holds, dtype=xp.float32)) / holds.shape[2]
