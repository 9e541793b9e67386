"""Takes as if they had been drawn, without a browser."""

import io
from functools import cache

import numpy as np
from PIL import Image

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.take import Drawn


@cache
def picture(level, settings):
    """A WebP picture of one grey."""
    file = io.BytesIO()
    size = (settings.width, settings.height)
    Image.new("RGB", size, (level,) * 3).save(file, "WEBP", quality=80)
    return file.getvalue()


def drawn(settings, *, level=80, step=2, **fields):
    """A preset that brightens by `step` of 255 from frame to frame, and is as bright in silence."""
    num_frames = settings.measure_frames + 1
    levels = np.clip(level + step * np.arange(num_frames), 0, 255).astype(np.uint8)
    shape = (CELL_ROWS, CELL_COLUMNS, 3)
    music = np.broadcast_to(levels[:, None, None, None], (num_frames, *shape))
    silence = np.full((settings.num_compared, *shape), level, np.uint8)
    shown = [int(levels[at]) for at in (1, 1 + settings.measure_frames // 2, -1)]
    told = {"load_ms": 9.0, "render_ms_per_frame": 5.0} | fields
    return Drawn(
        LayerCells(np.ascontiguousarray(music), silence),
        tuple(picture(each, settings) for each in shown),
        **told,
    )
