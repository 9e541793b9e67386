"""From per-frame figures of a rendered pair to the measurements of its row.

Pure functions. Luma is Rec. 709 on gamma-encoded values, 0..1; a motion proxy is a mean absolute
change between consecutive frames. The contract's two figures, `viz_avg_luma` and
`viz_avg_frame_delta`, are taken from the mean luma and colour of the two layers, so that they mean
the same as in rows of other drivers; those of the composite picture stand beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Weights of the contract's motion proxy.
_LUMA_WEIGHT = 0.65
_COLOR_WEIGHT = 0.35


@dataclass(frozen=True)
class Series:
    """Per-frame figures of one picture, each of shape [num_frames].

    Attributes:
        luma: Mean luma.
        red: Mean red, likewise green and blue, 0..1.
        green: See red.
        blue: See red.
        delta: Mean over 64x36 cells of the absolute change of luma since the frame before.
        black: Share of cells with luma below 0.02.
        blown: Share of cells with luma above 0.96.
    """

    luma: Floats
    red: Floats
    green: Floats
    blue: Floats
    delta: Floats
    black: Floats
    blown: Floats

    @classmethod
    def from_json(cls, value: Mapping[str, list[float]]) -> "Series":
        """Takes the arrays as the page sends them."""
        return cls(**{name: np.asarray(value[name], dtype=np.float64) for name in _NAMES})

    @property
    def colors(self) -> Floats:
        """Mean colour, shape [num_frames, 3]."""
        return np.stack([self.red, self.green, self.blue], axis=1)


_NAMES = ("luma", "red", "green", "blue", "delta", "black", "blown")


@dataclass(frozen=True)
class PairMeasurement:
    """What is known of a pair after rendering it; names and meaning as in the rows."""

    viz_avg_luma: float
    viz_avg_frame_delta: float
    pm_avg_luma_fg: float
    pm_avg_luma_bg: float
    composite_avg_luma: float
    composite_avg_frame_delta: float
    composite_color_r: float
    composite_color_g: float
    composite_color_b: float
    fg_avg_frame_delta: float
    bg_avg_frame_delta: float
    luma_range: float
    black_share: float
    blown_share: float


def measure_pair(composite: Series, foreground: Series, background: Series) -> PairMeasurement:
    """Sums a rendered pair up. All series have the same length of at least two frames."""
    layers = (foreground, background)
    red, green, blue = composite.colors.mean(axis=0)
    return PairMeasurement(
        viz_avg_luma=float(np.mean([layer.luma.mean() for layer in layers])),
        viz_avg_frame_delta=motion_proxy(layers),
        pm_avg_luma_fg=float(foreground.luma[-1]),
        pm_avg_luma_bg=float(background.luma[-1]),
        composite_avg_luma=float(composite.luma.mean()),
        composite_avg_frame_delta=float(composite.delta.mean()),
        composite_color_r=float(red),
        composite_color_g=float(green),
        composite_color_b=float(blue),
        fg_avg_frame_delta=float(foreground.delta.mean()),
        bg_avg_frame_delta=float(background.delta.mean()),
        luma_range=float(np.ptp(composite.luma)),
        black_share=float(composite.black.mean()),
        blown_share=float(composite.blown.mean()),
    )


def motion_proxy(layers: tuple[Series, ...]) -> float:
    """Returns the contract's motion proxy, at least 0.

    Per step, 0.65 times the change of the layers' mean luma plus 0.35 times the mean over layers
    of the change of their mean colour; averaged over steps.
    """
    luma = np.mean([layer.luma for layer in layers], axis=0)
    luma_step = np.abs(np.diff(luma))
    color_step = np.mean([np.abs(np.diff(layer.colors, axis=0)) for layer in layers], axis=(0, 2))
    return float(np.mean(_LUMA_WEIGHT * luma_step + _COLOR_WEIGHT * color_step))
