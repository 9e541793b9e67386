"""Layers of known kinds, as if they had been drawn."""

from typing import Literal

import numpy as np

from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.curation.layer_pool import LayerPool
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings
from aivj.takes.table import LayerTable

Kind = Literal["lively", "flashing", "dark", "deaf"]

SETTINGS = RenderSettings(warmup_frames=1, measure_frames=40)
_ROW, _COLUMN = np.mgrid[:CELL_ROWS, :CELL_COLUMNS]


def layer(kind: Kind = "lively", seed: int = 0) -> LayerCells:
    """Returns a layer: waves of a colour that run, and brighten with the music."""
    rng = np.random.default_rng(seed)
    colour = rng.uniform(0.2, 1, 3)
    fine, turn, speed = rng.uniform(0.1, 0.8), rng.uniform(0, np.pi), rng.uniform(0.1, 0.5)
    brightness = rng.uniform(0.3, 0.9)
    if kind == "flashing":
        colour, brightness = np.ones(3), 1.0
    frames = np.arange(SETTINGS.measure_frames + 1)[:, None, None]
    way = np.cos(turn) * _ROW + np.sin(turn) * _COLUMN
    wave = 0.5 + 0.5 * np.sin(fine * way + speed * frames)
    silent = wave if kind == "deaf" else 0.4 * wave
    shown = {
        "lively": wave,
        "deaf": wave,
        "dark": np.zeros_like(wave),
        "flashing": np.broadcast_to((frames // 3) % 2, wave.shape),
    }[kind]
    compared = slice(1, None)
    return LayerCells(
        _bytes(shown * brightness, colour),
        _bytes(silent * brightness, colour)[compared][SETTINGS.compared_frames],
    )


def pool_of(*layers: LayerCells) -> LayerPool:
    """Returns a pool of layers, heard with the groove."""
    return LayerPool(LayerTable.of(layers, len(layers), SETTINGS), heard())


def heard() -> Heard:
    """Returns the music that layers are drawn to."""
    return Heard.of(music(), SETTINGS)


def music() -> bytes:
    """Returns the same as the page is given it."""
    return time_bytes(groove(), round(SETTINGS.duration_s * SAMPLE_RATE_HZ))


def _bytes(shown: np.ndarray, colour: np.ndarray) -> np.ndarray:
    return np.rint(255 * shown[..., None] * colour).astype(np.uint8)
