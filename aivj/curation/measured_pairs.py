"""Figures of many pairs, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aivj.curation.candidates import Flags, Floats, Places
from aivj.takes.figures import PairMeasurement


@dataclass(frozen=True)
class MeasuredPairs:
    """Figures of N pairs, each of shape [N]; names and meaning as in `PairMeasurement`."""

    composite_avg_luma: Floats
    composite_avg_frame_delta: Floats
    black_share: Floats
    blown_share: Floats
    audio_response: Floats
    flashes_per_s: Floats
    red_flashes_per_s: Floats
    flash_unsafe: Flags
    colourfulness: Floats
    fg_contribution: Floats
    bg_contribution: Floats

    @classmethod
    def of(cls, measured: Sequence[PairMeasurement]) -> Self:
        """Puts the figures of pairs side by side."""
        return cls(
            *(
                np.array([getattr(each, field.name) for each in measured], _kind(field.name))
                for field in fields(cls)
            )
        )

    def at(self, places: Places | Flags) -> Self:
        """Returns the figures of some of the pairs."""
        return type(self)(*(getattr(self, field.name)[places] for field in fields(self)))


def _kind(name: str) -> type:
    return np.bool_ if name == "flash_unsafe" else np.float64
