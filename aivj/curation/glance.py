"""What every pair of many layers may be worth, by sums that are linear in each of the two layers.

With a the luma of the foreground at its opacity and b that of the background, a screen blend has
a + b - ab. So how bright a pair is, and what it owes to each layer, is a sum over cells of products
of a figure of one layer and one of the other: for all pairs one matrix product. Motion and response
are no such sums; what each layer changes where the other lets it through bounds them. Flashes and
what is black or blown are left to exact figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aivj.curation.candidates import Floats
from aivj.curation.measured_pairs import MeasuredPairs
from aivj.stage.thumbnails import luma
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, LayerCells
from aivj.takes.picture import FOREGROUND_OPACITY, colourfulness
from aivj.takes.settings import RenderSettings

Singles = NDArray[np.float32]

_ROWS, _COLUMNS = 9, 16
_NUM_FRAMES = 6
_FOREGROUNDS_AT_A_TIME = 128


@dataclass(frozen=True)
class _Layers:
    """Figures of P layers; S frames and parts of the picture in a row.

    Attributes:
        seen: Luma, float32 of shape [P, S].
        moved: Its change since the frame before, the same.
        heard: Luma at the frames that are compared with silence, [P, C].
        answered: Its difference from silence there, the same.
        colourfulness: Of each layer alone, [P].
    """

    seen: Singles
    moved: Singles
    heard: Singles
    answered: Singles
    colourfulness: Floats

    @classmethod
    def of(cls, layers: Sequence[LayerCells], settings: RenderSettings) -> Self:
        rows = [_row(layer, settings) for layer in layers]
        seen, moved, heard, answered, colours = zip(*rows, strict=True)
        return cls(
            np.stack(seen), np.stack(moved), np.stack(heard), np.stack(answered), np.array(colours)
        )


def worth_at_a_glance(
    layers: Sequence[LayerCells],
    settings: RenderSettings,
    target: Callable[[MeasuredPairs], Floats],
) -> Singles:
    """Returns what the target says of pairs by rough figures, float32 of shape [P, P].

    Args:
        layers: What each of P presets looks like; foregrounds are rows, backgrounds columns.
        settings: How they were rendered.
        target: Says what measured pairs are worth.

    Returns:
        Worth, 0 to 1; -inf for a preset with itself.
    """
    behind = _Layers.of(layers, settings)
    worth = np.empty((len(layers), len(layers)), np.float32)
    for start in range(0, len(layers), _FOREGROUNDS_AT_A_TIME):
        part = slice(start, start + _FOREGROUNDS_AT_A_TIME)
        front = _Layers(
            FOREGROUND_OPACITY * behind.seen[part],
            FOREGROUND_OPACITY * behind.moved[part],
            FOREGROUND_OPACITY * behind.heard[part],
            FOREGROUND_OPACITY * behind.answered[part],
            behind.colourfulness[part],
        )
        rough = _figures(front, behind)
        worth[part] = target(rough).reshape(-1, len(layers))
    np.fill_diagonal(worth, -np.inf)
    return worth


def _row(
    layer: LayerCells, settings: RenderSettings
) -> tuple[Singles, Singles, Singles, Singles, float]:
    frames = np.rint(np.linspace(1, settings.measure_frames, _NUM_FRAMES)).astype(np.int64)
    seen, before = luma(layer.music[frames]), luma(layer.music[frames - 1])
    heard, silent = luma(layer.music[1:][settings.compared_frames]), luma(layer.silence)
    return (
        _parts(seen),
        _parts(np.abs(seen - before)),
        _parts(heard),
        _parts(np.abs(heard - silent)),
        colourfulness(layer.music[frames]),
    )


def _parts(pictures: Singles) -> Singles:
    """Returns the means of parts of pictures [num, 36, 64] in a row."""
    split = (_ROWS, CELL_ROWS // _ROWS, _COLUMNS, CELL_COLUMNS // _COLUMNS)
    return np.asarray(pictures.reshape(-1, *split).mean(axis=(2, 4))).ravel()


def _figures(front: _Layers, behind: _Layers) -> MeasuredPairs:
    """Returns rough figures of every one in front of every other, shape [foregrounds * layers]."""
    common = _mean_products(front.seen, behind.seen)
    of_front = front.seen.mean(axis=1)[:, None] - common
    of_behind = behind.seen.mean(axis=1)[None] - common
    motion = _let_through(front.moved, behind.seen) + _let_through(behind.moved, front.seen).T
    response = (
        _let_through(front.answered, behind.heard) + _let_through(behind.answered, front.heard).T
    )
    colour = (front.colourfulness[:, None] + behind.colourfulness[None]) / 2
    nothing = np.zeros(common.size)
    return MeasuredPairs(
        composite_avg_luma=(of_front + of_behind + common).ravel(),
        composite_avg_frame_delta=motion.ravel(),
        black_share=nothing,
        blown_share=nothing,
        audio_response=response.ravel(),
        flashes_per_s=nothing,
        red_flashes_per_s=nothing,
        flash_unsafe=nothing.astype(np.bool_),
        colourfulness=colour.ravel(),
        fg_contribution=np.maximum(of_front, 0).ravel(),
        bg_contribution=np.maximum(of_behind, 0).ravel(),
    )


def _let_through(change: Singles, over: Singles) -> Floats:
    """Returns the mean of one layer's changes where the other is not bright, [first, second]."""
    return np.asarray(change.mean(axis=1)[:, None] - _mean_products(change, over))


def _mean_products(first: Singles, second: Singles) -> Floats:
    return np.asarray(first @ second.T / first.shape[1], np.float64)
