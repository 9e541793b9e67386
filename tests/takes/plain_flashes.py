"""Flashes counted cell by cell and field by field: slow and easy to follow."""

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS

FIELD_ROWS, FIELD_COLUMNS = CELL_ROWS // 3, CELL_COLUMNS // 3
ENCODED = np.arange(256) / 255
LINEAR = np.where(ENCODED <= 0.04045, ENCODED / 12.92, ((ENCODED + 0.055) / 1.055) ** 2.4)
LIGHT = np.rint(30_000 * LINEAR)
LUMINANCE = np.rint(30_000 * np.outer([0.2126, 0.7152, 0.0722], LINEAR))


def flashes_per_s(pictures, frames_per_s):
    """General and red flashes of uint8 pictures [num_frames, 36, 64, 3]."""
    luminance = sum(LUMINANCE[channel][pictures[..., channel]] for channel in range(3))
    red, green, blue = np.moveaxis(LIGHT[pictures], -1, 0)
    saturated = (red > 0) & (red >= 0.8 * (red + green + blue) - 1e-6)
    general = turns(luminance, 3000, luminance < 24_000)
    reds = turns(np.maximum(0, red - green - blue), 1875, saturated)
    return most_per_s(general, frames_per_s), most_per_s(reds, frames_per_s)


def turns(values, change, counts):
    """1 where a change upwards, -1 where one downwards is complete."""
    found = np.zeros(values.shape, int)
    for cell in np.ndindex(values.shape[1:]):
        series, flags = values[(slice(None), *cell)], counts[(slice(None), *cell)]
        low = high = 0
        direction = 0
        for frame in range(1, len(series)):
            if direction <= 0 and series[frame] - series[low] >= change:
                turn = flags[low] or flags[frame]
            elif direction >= 0 and series[high] - series[frame] >= change:
                turn = -int(flags[high] or flags[frame])
            else:
                turn = 0
            if turn:
                found[(frame, *cell)] = direction = int(turn)
                low = high = frame
            low = frame if series[frame] < series[low] else low
            high = frame if series[frame] > series[high] else high
    return found


def most_per_s(turned, frames_per_s):
    most = 0
    for row in range(CELL_ROWS - FIELD_ROWS + 1):
        for column in range(CELL_COLUMNS - FIELD_COLUMNS + 1):
            field = turned[:, row : row + FIELD_ROWS, column : column + FIELD_COLUMNS]
            rises, falls = ((field == sign).sum(axis=(1, 2)) >= 63 for sign in (1, -1))
            kept, direction = [], 0
            for rise, fall in zip(rises, falls, strict=True):
                turn = 1 if rise and direction <= 0 else -1 if fall and direction >= 0 else 0
                direction = turn or direction
                kept.append(turn != 0)
            sums = [sum(kept[max(0, end - frames_per_s) : end]) for end in range(1, len(kept) + 1)]
            most = max(most, *sums)
    return most / 2
