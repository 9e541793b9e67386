"""From the cells of a rendered pair to the measurements of its row.

Pure functions. Luma is Rec. 709 on gamma-encoded values, 0..1; a motion proxy is a mean absolute
change between consecutive frames. The contract's two figures, `viz_avg_luma` and
`viz_avg_frame_delta`, are taken from the mean luma and colour of the two layers, so that they mean
the same as in rows of other drivers; those of the composite picture stand beside them.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from aivj.takes.cells import Bytes, PairCells
from aivj.takes.flashes import flash_load
from aivj.takes.picture import (
    LUMA_UNIT,
    colourfulness,
    contributions,
    spatial_detail,
    whole_luma,
)
from aivj.takes.reactivity import Heard, alignment, response
from aivj.takes.settings import RenderSettings

Floats = NDArray[np.float64]

Number = TypeVar("Number")
Flag = TypeVar("Flag")

BLACK_BELOW = 0.02
BLOWN_ABOVE = 0.96
LUMA_WEIGHT = 0.65
COLOR_WEIGHT = 0.35
"""Of changes of luma and of colour in the contract's motion proxy."""


@dataclass(frozen=True)
class PairFigures(Generic[Number, Flag]):
    """What is known of a pair, or of many side by side; names and meaning as in the rows.

    Of one pair they are a float each and a bool, of N pairs arrays of shape [N].
    """

    viz_avg_luma: Number
    viz_avg_frame_delta: Number
    pm_avg_luma_fg: Number
    pm_avg_luma_bg: Number
    composite_avg_luma: Number
    composite_avg_frame_delta: Number
    composite_color_r: Number
    composite_color_g: Number
    composite_color_b: Number
    fg_avg_frame_delta: Number
    bg_avg_frame_delta: Number
    luma_range: Number
    black_share: Number
    blown_share: Number
    black_frames: Number
    blown_frames: Number
    audio_response: Number
    audio_response_fg: Number
    audio_response_bg: Number
    audio_alignment: Number
    audio_alignment_control: Number
    flashes_per_s: Number
    red_flashes_per_s: Number
    flash_unsafe: Flag
    colourfulness: Number
    spatial_detail: Number
    fg_contribution: Number
    bg_contribution: Number
    last_luma: Number


OnePair = PairFigures[float, bool]


@dataclass(frozen=True)
class FrameSeries:
    """Per-frame figures of one picture, the frame before the first measured one included.

    Attributes:
        luma: Mean luma, shape [measure_frames + 1].
        color: Mean colour, 0..1, shape [measure_frames + 1, 3].
        delta: Mean over cells of the absolute change of luma, shape [measure_frames].
    """

    luma: Floats
    color: Floats
    delta: Floats

    @classmethod
    def of(cls, pictures: Bytes) -> "FrameSeries":
        """Takes pictures with the last frame of the warm-up first."""
        cells = whole_luma(pictures)
        return cls(
            luma=cells.mean(axis=(1, 2), dtype=np.float64) / LUMA_UNIT,
            color=_mean_colors(pictures),
            delta=np.abs(np.diff(cells, axis=0)).mean(axis=(1, 2), dtype=np.float64) / LUMA_UNIT,
        )


def _mean_colors(pictures: Bytes) -> Floats:
    """Returns the mean colour of each picture, 0 to 1, shape [num_frames, 3].

    By a matrix product, ten times as fast as numpy's mean over two axes; float32 holds the sums.
    """
    cells = pictures.reshape(len(pictures), -1, 3).astype(np.float32)
    sums = np.ones(cells.shape[1], np.float32) @ cells
    return np.asarray(sums.astype(np.float64) / cells.shape[1] / 255)


def measure_pair(cells: PairCells, settings: RenderSettings, heard: Heard) -> OnePair:
    """Sums a rendered pair up."""
    measured = cells.music.frames(slice(1, None))
    compared, silence = measured.frames(settings.compared_frames), cells.silence
    composite, *layers = (
        FrameSeries.of(pictures)
        for pictures in (cells.music.composite, cells.music.foreground, cells.music.background)
    )
    red, green, blue = composite.color[1:].mean(axis=0)
    flashes = flash_load(cells.music.composite, settings.frames_per_s)
    fg_contribution, bg_contribution = contributions(measured)
    frame_luma, whole = composite.luma[1:], whole_luma(measured.composite)
    return PairFigures(
        viz_avg_luma=float(np.mean([layer.luma[1:].mean() for layer in layers])),
        viz_avg_frame_delta=motion_proxy(
            np.mean([layer.luma for layer in layers], axis=0),
            np.stack([layer.color for layer in layers]),
        ),
        pm_avg_luma_fg=float(layers[0].luma[-1]),
        pm_avg_luma_bg=float(layers[1].luma[-1]),
        composite_avg_luma=float(frame_luma.mean()),
        composite_avg_frame_delta=float(composite.delta.mean()),
        composite_color_r=float(red),
        composite_color_g=float(green),
        composite_color_b=float(blue),
        fg_avg_frame_delta=float(layers[0].delta.mean()),
        bg_avg_frame_delta=float(layers[1].delta.mean()),
        luma_range=float(np.ptp(frame_luma)),
        black_share=float((whole < BLACK_BELOW * LUMA_UNIT).mean()),
        blown_share=float((whole > BLOWN_ABOVE * LUMA_UNIT).mean()),
        black_frames=float((frame_luma < BLACK_BELOW).mean()),
        blown_frames=float((frame_luma > BLOWN_ABOVE).mean()),
        audio_response=response(compared.composite, silence.composite),
        audio_response_fg=response(compared.foreground, silence.foreground),
        audio_response_bg=response(compared.background, silence.background),
        audio_alignment=alignment(composite.delta, heard.energy),
        audio_alignment_control=float(
            np.mean([alignment(composite.delta, control) for control in heard.controls])
        ),
        flashes_per_s=flashes.general_per_s,
        red_flashes_per_s=flashes.red_per_s,
        flash_unsafe=flashes.is_unsafe,
        colourfulness=colourfulness(measured.composite),
        spatial_detail=spatial_detail(measured.composite),
        fg_contribution=fg_contribution,
        bg_contribution=bg_contribution,
        last_luma=float(composite.luma[-1]),
    )


def motion_proxy(mean_luma: Floats, layer_colors: Floats) -> float:
    """Returns the contract's motion proxy of one pair, see `motion_proxies`."""
    return float(motion_proxies(mean_luma, color_motion(layer_colors).mean()))


def motion_proxies(mean_luma: Floats, mean_color_motion: Floats | float) -> Floats:
    """Returns the contract's motion proxy, at least 0.

    Per step, 0.65 times the change of the layers' mean luma plus 0.35 times the mean over layers
    of the change of their mean colour; averaged over steps.

    Args:
        mean_luma: Mean luma of the layers, shape [..., num_frames].
        mean_color_motion: Mean over the layers of `color_motion`, shape [...].
    """
    luma_motion = np.abs(np.diff(mean_luma)).mean(axis=-1)
    return np.asarray(LUMA_WEIGHT * luma_motion + COLOR_WEIGHT * mean_color_motion)


def color_motion(colors: Floats) -> Floats:
    """Returns the mean change of mean colours, [..., num_frames, 3] to [...]."""
    return np.asarray(np.abs(np.diff(colors, axis=-2)).mean(axis=(-2, -1)))
