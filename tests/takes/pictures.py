"""Synthetic pictures as the page sends them: 36 rows of 64 cells of 8-bit RGB."""

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells, PairCells, Pictures


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


def lively(num_frames, seed):
    """Soft spots of a few hues that move, flicker and now and then burn out or vanish."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((CELL_ROWS, CELL_COLUMNS))
    pictures = np.zeros((num_frames, CELL_ROWS, CELL_COLUMNS, 3))
    for color in [(255, 20, 10), *rng.integers(0, 256, (4, 3))]:
        row, column, size = (
            rng.uniform(0, CELL_ROWS),
            rng.uniform(0, CELL_COLUMNS),
            6 + 9 * rng.random(),
        )
        for frame in range(num_frames):
            row, column = row + rng.normal(), column + rng.normal()
            near = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * size**2))
            pictures[frame] += rng.uniform(0, 1.6) * near[..., None] * color
    return np.clip(pictures, 0, 255).astype(np.uint8)


def lively_layer(settings, seed):
    """A layer of such pictures, in silence others than with music."""
    return LayerCells(
        lively(settings.measure_frames + 1, seed), lively(settings.num_compared, seed + 1000)
    )
