"""Synthetic pictures as the page sends them: 36 rows of 64 cells of 8-bit RGB."""

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, PairCells, Pictures


def plain(values):
    """One picture per value of 0 to 255, or per RGB triple, of that colour everywhere."""
    colors = np.asarray(values, np.uint8)
    colors = colors if colors.ndim == 2 else np.repeat(colors[:, None], 3, axis=1)
    shape = (len(colors), CELL_ROWS, CELL_COLUMNS, 3)
    return np.broadcast_to(colors[:, None, None, :], shape).copy()


def same_pictures(pictures):
    return Pictures(pictures, pictures, pictures)


def same_cells(music, silence):
    return PairCells(same_pictures(music), same_pictures(silence))
