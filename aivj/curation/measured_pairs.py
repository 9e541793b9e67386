"""Figures of many pairs, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aivj.curation.candidates import Flags, Floats, Places
from aivj.takes.batch import ManyPairs


@dataclass(frozen=True)
class MeasuredPairs:
    """What choosing reads of N pairs, each of shape [N]; names and meaning as in `PairFigures`."""

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
    def of(cls, parts: Sequence[ManyPairs]) -> Self:
        """Takes the figures of pairs, one part after the other; at least one part."""
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )

    def at(self, places: Places | Flags) -> Self:
        """Returns the figures of some of the pairs."""
        return type(self)(*(getattr(self, field.name)[places] for field in fields(self)))
