"""Layers side by side in memory, ready to be composed, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.errors import InputError
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes, LayerCells
from aivj.takes.figures import FrameSeries
from aivj.takes.reactivity import response
from aivj.takes.settings import RenderSettings

Floats = NDArray[np.float64]

NUM_CELLS = CELL_ROWS * CELL_COLUMNS
_NUM_CHANNELS = 3


@dataclass(frozen=True)
class LayerTable:
    """Layers that were drawn under the same conditions.

    Attributes:
        settings: How they were rendered.
        planes: Red, green and blue of all frames, those in silence last, uint8 of shape
            [num_layers, 3, measure_frames + 1 + num_compared, 2304].
        luma: Mean luma of each frame with music, shape [num_layers, measure_frames + 1].
        color: Mean colour of the same, 0 to 1, shape [num_layers, measure_frames + 1, 3].
        delta: Mean change of luma between measured frames, shape [num_layers].
        response: Mean difference that music makes, shape [num_layers].
    """

    settings: RenderSettings
    planes: Bytes
    luma: Floats
    color: Floats
    delta: Floats
    response: Floats

    def __len__(self) -> int:
        return len(self.planes)

    @classmethod
    def of(
        cls, layers: Iterable[LayerCells], num_layers: int, settings: RenderSettings
    ) -> "LayerTable":
        """Takes `num_layers` layers, one after the other: about 300 KB each.

        Raises:
            InputError: There are more or fewer, or one has other frames than the settings say.
        """
        num_music, num_silent = settings.measure_frames + 1, settings.num_compared
        shape = (num_layers, _NUM_CHANNELS, num_music + num_silent, NUM_CELLS)
        table = cls(
            settings,
            planes=np.empty(shape, np.uint8),
            luma=np.empty((num_layers, num_music)),
            color=np.empty((num_layers, num_music, _NUM_CHANNELS)),
            delta=np.empty(num_layers),
            response=np.empty(num_layers),
        )
        num_taken = 0
        for layer in layers:
            found = (len(layer.music), len(layer.silence))
            if num_taken == num_layers or found != (num_music, num_silent):
                raise InputError(
                    f"{num_layers} layers of {num_music} + {num_silent} frames",
                    f"layer {num_taken} of {found[0]} + {found[1]}",
                    "compose takes of the same conditions, and say how many they are",
                )
            table._take(num_taken, layer)
            num_taken += 1
        if num_taken < num_layers:
            raise InputError(
                f"{num_layers} layers", f"{num_taken}", "say how many layers there are"
            )
        return table

    def _take(self, place: int, layer: LayerCells) -> None:
        frames = np.concatenate([layer.music, layer.silence])
        self.planes[place] = frames.reshape(len(frames), NUM_CELLS, 3).transpose(2, 0, 1)
        series = FrameSeries.of(layer.music)
        self.luma[place], self.color[place] = series.luma, series.color
        self.delta[place] = series.delta.mean()
        compared = layer.music[1:][self.settings.compared_frames]
        self.response[place] = response(compared, layer.silence)
