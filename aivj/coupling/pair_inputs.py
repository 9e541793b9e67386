"""What a net is told of a pair beside its presets' texts: figures of the picture that both make.

The first is what the pair is worth as measured, the target: a net says what is to be added to it
(see `aivj.coupling.net`). Those behind it are what the target weighs, so that people may weigh it
otherwise, and what it does not ask for: detail, hue, how far brightness swings, and how much of
motion and of the answer to the music each layer has alone. Left out are figures that say the same
again (the contract's two rank as the composite's do), and the alignment with the music, which forty
frames hardly tell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from aivj.coupling.eval_target import EvalTarget, Floats, Measured, measured_targets01

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

TARGET01 = 0
"""Column of the target."""

_LEAST_CHANGE = 1e-5


def _plain(values: Floats) -> Floats:
    return values


def _log(values: Floats) -> Floats:
    """Changes of luma range over decades."""
    return np.asarray(np.log10(np.maximum(values, _LEAST_CHANGE)))


_READ: dict[str, Callable[[Floats], Floats]] = {
    "composite_avg_luma": _plain,
    "composite_avg_frame_delta": _log,
    "audio_response": _log,
    "colourfulness": _plain,
    "spatial_detail": _plain,
    "flashes_per_s": np.log1p,
    "red_flashes_per_s": np.log1p,
    "black_share": _plain,
    "blown_share": _plain,
    "luma_range": _plain,
    "composite_color_r": _plain,
    "composite_color_g": _plain,
    "composite_color_b": _plain,
    "fg_contribution": _plain,
    "bg_contribution": _plain,
    "fg_avg_frame_delta": _log,
    "bg_avg_frame_delta": _log,
    "audio_response_fg": _log,
    "audio_response_bg": _log,
}

FIGURE_NAMES = ("viz_avg_luma", "viz_avg_frame_delta", *_READ)
"""What is read of a pair; names and meaning as in the rows."""

INPUT_NAMES = ("target01", *_READ)
PAIR_SPEC = f"pair-v1/{len(INPUT_NAMES)}"
"""Stands for the figures, their order and scale; any change to them needs a new version."""


def inputs_of(figures: Measured, target: EvalTarget) -> FloatArray:
    """Returns what nets are told of N pairs, [N, M].

    Args:
        figures: All of `FIGURE_NAMES`, each [N], such as `aivj.takes.figures.PairFigures` has.
        target: How their worth is told, see `aivj.coupling.eval_target`.
    """
    target01 = measured_targets01(figures, target)
    columns = [scale(getattr(figures, name)) for name, scale in _READ.items()]
    return np.stack([target01, *columns], axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class PairInputs:
    """What is known of pairs of the presets of one table.

    Attributes:
        keys: [U] pairs, ascending; see `_keys`.
        values: [U, M] what is known of each; M is 0 where nets are told of texts alone.
    """

    keys: IntArray
    values: FloatArray

    @classmethod
    def none(cls) -> Self:
        """Knows nothing, of any pair."""
        return cls(np.zeros(0, np.int64), np.zeros((0, 0), np.float32))

    @classmethod
    def of_pairs(cls, fg_index: IntArray, bg_index: IntArray, values: FloatArray) -> Self:
        """Takes [n, M] values of pairs, some of them perhaps again; NaN where nothing is known."""
        known = np.flatnonzero(~np.isnan(values).any(axis=1))
        keys, first = np.unique(_keys(fg_index[known], bg_index[known]), return_index=True)
        return cls(keys, values[known[first]])

    @property
    def width(self) -> int:
        """Numbers that describe a pair."""
        return int(self.values.shape[1])

    @property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """[U] foregrounds and backgrounds, as rows of the table of presets."""
        return self.keys >> _SHIFT, self.keys & ((1 << _SHIFT) - 1)

    def of(self, fg_index: IntArray, bg_index: IntArray) -> FloatArray:
        """Returns what is known of n pairs, [n, M]; NaN where nothing is."""
        values = np.full((len(fg_index), self.width), np.nan, np.float32)
        if len(self.keys) > 0:
            keys = _keys(fg_index, bg_index)
            places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            known = self.keys[places] == keys
            values[known] = self.values[places[known]]
        return values

    def knows(self, fg_index: IntArray, bg_index: IntArray) -> npt.NDArray[np.bool_]:
        """Tells of which of n pairs anything is known, [n]."""
        return np.isin(_keys(fg_index, bg_index), self.keys)


_SHIFT = 32


def _keys(fg_index: IntArray, bg_index: IntArray) -> IntArray:
    """Returns a number for each pair of rows of a table."""
    return (np.asarray(fg_index, np.int64) << _SHIFT) | np.asarray(bg_index, np.int64)
