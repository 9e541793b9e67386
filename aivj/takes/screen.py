"""A cheap look at every foreground over every background, to choose pairs worth measuring.

What is left dark by a screened pair is the product of what each layer leaves dark: 1 - c =
(1 - 0.7 f)(1 - b). So sums over cells of the composite, of its change and of its answer to the
music are products of matrices with a row for each layer. Composites are not rounded to bytes here.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.takes.batch import torch_threads
from aivj.takes.figures import color_motion, motion_proxies
from aivj.takes.picture import FOREGROUND_OPACITY, LUMA_UNIT, WHOLE_LUMA_WEIGHTS
from aivj.takes.settings import RenderSettings
from aivj.takes.table import NUM_CELLS, LayerTable

Figures = NDArray[np.float32]

_LAYERS_AT_A_TIME = 1024
_MOTION_EVERY = 4
"""Which changes are looked at, every n-th: motion hardly differs from one frame to the next."""

_WEIGHTS = np.array(WHOLE_LUMA_WEIGHTS, np.float32) * np.float32(255 / LUMA_UNIT)


@dataclass(frozen=True)
class Screened:
    """Figures of all pairs, each float32 of shape [num_foregrounds, num_backgrounds].

    Names are those of `PairFigures` where the figure is the same. `viz_avg_luma` and
    `viz_avg_frame_delta` are exact; luma, colours and contributions are but for rounding to bytes,
    by half a byte (0.002) at most. The energies stand for figures that no product gives.

    Attributes:
        viz_avg_luma: Mean luma of the two layers.
        viz_avg_frame_delta: The contract's motion proxy.
        composite_avg_luma: Mean luma of the composite.
        composite_color_r: Its mean red; the next two green and blue.
        fg_contribution: What the foreground adds to the composite's luma.
        bg_contribution: What the background adds.
        motion_energy: Mean over frames of the root of the mean square of the composite's change,
            its channels weighted as for luma; for `composite_avg_frame_delta`. No product gives
            the mean absolute change, so that pairs are ranked alike but for few cells that change
            much (Spearman 0.94; see docs/log/takes.md).
        response_energy: The same of its difference from silence; for `audio_response`.
    """

    viz_avg_luma: Figures
    viz_avg_frame_delta: Figures
    composite_avg_luma: Figures
    composite_color_r: Figures
    composite_color_g: Figures
    composite_color_b: Figures
    fg_contribution: Figures
    bg_contribution: Figures
    motion_energy: Figures
    response_energy: Figures


def screen(
    foregrounds: LayerTable,
    backgrounds: LayerTable,
    *,
    device: str = "cpu",
    num_threads: int = 1,
) -> Screened:
    """Looks at all foregrounds over all backgrounds of two tables, or of one given twice.

    Args:
        foregrounds: Layers to be put in front, of the same conditions as the backgrounds.
        backgrounds: Layers to be put behind.
        device: Of torch.
        num_threads: On a CPU.
    """
    import torch

    shape = (len(foregrounds), len(backgrounds))
    color = np.empty((3, *shape), np.float32)
    motion, response = np.empty(shape, np.float32), np.empty(shape, np.float32)
    with torch_threads(num_threads):
        for rows, columns in product(*(_blocks(num) for num in shape)):
            block = _Block(
                torch.asarray(foregrounds.planes[rows], device=device),
                torch.asarray(backgrounds.planes[columns], device=device),
            )
            color[:, rows, columns] = block.color(foregrounds.settings)
            motion[rows, columns] = block.motion_energy(foregrounds.settings)
            response[rows, columns] = block.response_energy(foregrounds.settings)
    luma = np.tensordot(_WEIGHTS, color, 1)
    front, back = (table.luma[:, 1:].mean(axis=1) for table in (foregrounds, backgrounds))
    return Screened(
        viz_avg_luma=_single((front[:, None] + back) / 2),
        viz_avg_frame_delta=_contract_motion(foregrounds, backgrounds),
        composite_avg_luma=luma,
        composite_color_r=color[0],
        composite_color_g=color[1],
        composite_color_b=color[2],
        fg_contribution=np.maximum(0, luma - _single(back)),
        bg_contribution=np.maximum(0, luma - _single(FOREGROUND_OPACITY * front[:, None])),
        motion_energy=motion,
        response_energy=response,
    )


class _Block:
    """Some foregrounds over some backgrounds, on one device."""

    def __init__(self, front: Any, back: Any) -> None:
        self._planes = front, back
        self._opacities = FOREGROUND_OPACITY, 1.0

    def color(self, settings: RenderSettings) -> Figures:
        """Returns the mean red, green and blue of the measured frames, shape [3, rows, columns]."""
        frames = range(1, settings.measure_frames + 1)
        dark = []
        for channel in range(3):
            summed = self._zeros()
            for frame in frames:
                front, back = self._dark(channel, frame)
                summed.addmm_(front, back.T)
            dark.append(summed.cpu().numpy() / (len(frames) * NUM_CELLS))
        return 1 - np.stack(dark)

    def motion_energy(self, settings: RenderSettings) -> Figures:
        """See `Screened`; shape [rows, columns]."""
        frames = range(settings.measure_frames, 0, -_MOTION_EVERY)
        return self._difference([(frame - 1, frame) for frame in frames])

    def response_energy(self, settings: RenderSettings) -> Figures:
        """See `Screened`; shape [rows, columns]."""
        measured = range(1, settings.measure_frames + 1)
        silent = range(
            settings.measure_frames + 1, settings.measure_frames + 1 + settings.num_compared
        )
        return self._difference(list(zip(measured[settings.compared_frames], silent, strict=True)))

    def _difference(self, frames: list[tuple[int, int]]) -> Figures:
        """Returns the mean over couples of frames of the root mean square of their difference."""
        roots = self._zeros()
        for one, other in frames:
            summed = self._zeros()
            for channel, weight in enumerate(_WEIGHTS.tolist()):
                (front, back), (front_other, back_other) = (
                    self._dark(channel, one),
                    self._dark(channel, other),
                )
                summed.addmm_(front * front_other, (back * back_other).T, alpha=-2 * weight)
                summed.addmm_(front.square_(), back.square_().T, alpha=weight)
                summed.addmm_(front_other.square_(), back_other.square_().T, alpha=weight)
            roots += summed.clamp_(min=0).div_(NUM_CELLS).sqrt_()
        mean: Figures = roots.div_(len(frames)).cpu().numpy()
        return mean

    def _dark(self, channel: int, frame: int) -> tuple[Any, Any]:
        """Returns what foregrounds and backgrounds leave dark, each float32 [num_layers, 2304]."""
        front, back = (
            planes[:, channel, frame].float().mul_(-opacity / 255).add_(1)
            for planes, opacity in zip(self._planes, self._opacities, strict=True)
        )
        return front, back

    def _zeros(self) -> Any:
        front, back = self._planes
        return front.new_zeros((len(front), len(back))).float()


def _contract_motion(foregrounds: LayerTable, backgrounds: LayerTable) -> Figures:
    """Returns `viz_avg_frame_delta` of all pairs, a row of them at a time."""
    front, back = color_motion(foregrounds.color), color_motion(backgrounds.color)
    rows = [
        motion_proxies((luma + backgrounds.luma) / 2, (motion + back) / 2)
        for luma, motion in zip(foregrounds.luma, front, strict=True)
    ]
    return _single(np.stack(rows))


def _blocks(num_layers: int) -> list[slice]:
    starts = range(0, num_layers, _LAYERS_AT_A_TIME)
    return [slice(start, start + _LAYERS_AT_A_TIME) for start in starts]


def _single(values: NDArray[np.float64]) -> Figures:
    return values.astype(np.float32)
