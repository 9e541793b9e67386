"""What a pair looks like, as a vector: honest and cheap, from the cells of its composite.

No model is asked: colour, layout, where it moves and how fine it is, of a few frames. Two pairs
whose vectors point the same way look alike; what is in the picture, a face or a tunnel, it does not
know. An embedding that does can take this one's place: all that reads it reads unit vectors.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aivj.curation.candidates import Floats, Looks, Places
from aivj.stage.thumbnails import luma
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes

NUM_LOOKED_AT = 4
"""Frames that are looked at, each with the one before it."""

MAX_DIMENSIONS = 64
_REFERENCES_A_DIMENSION = 10

_COLOUR_LEVELS = 4
_LAYOUT = (6, 8)
_MOTION = (3, 4)
_NUM_OCTAVES, _NUM_DIRECTIONS = 5, 4
_LEAST_MOTION = 1e-3
_LEAST_ENERGY = 1e-3
_STILL = 1e-6


def looked_at(num_frames: int) -> Places:
    """Returns the frames that are looked at, evenly spread, as positions of shape [4, 2].

    Args:
        num_frames: How many frames there are, at least 2; the first is that before the measured.
    """
    frames = np.rint(np.linspace(1, num_frames - 1, 2 * NUM_LOOKED_AT + 1)[1::2]).astype(np.int64)
    return np.stack([frames - 1, frames], axis=1)


def describe(composites: Bytes) -> Floats:
    """Describes pictures by figures of each kind, beside each other.

    - colour: square roots of the shares of 4 x 4 x 4 cubes of RGB, 64 figures
    - layout: luma of 6 x 8 parts, 48
    - motion: log10 of the mean change of luma since the frame before in 3 x 4 parts, 12
    - fineness: log10 of the energy of luma's spectrum in 5 octaves by 4 directions, 20

    Args:
        composites: Frames as `looked_at` says, uint8 of shape [N, 4, 2, 36, 64, 3].

    Returns:
        Float64 of shape [N, 144], means over the frames.
    """
    lumas = luma(composites)
    now, change = lumas[:, :, 1], np.abs(lumas[:, :, 1] - lumas[:, :, 0])
    motion = np.log10(_parts(change, _MOTION).mean(axis=1) + _LEAST_MOTION)
    kinds = [
        _colour(composites[:, :, 1]),
        _parts(now, _LAYOUT).mean(axis=1),
        motion,
        _fineness(now),
    ]
    return np.concatenate([_in_a_row(kind) for kind in kinds], axis=1)


@dataclass(frozen=True)
class Whitening:
    """Makes unit vectors of descriptions, by what usual pairs look like.

    Figures are standardised, and of their principal components the first 64 at most are made
    equally wide. So a pair is described by how it differs from the usual, and no figure counts
    more since it varies more, or since others say the same. Where the reference is small there are
    fewer components: one for ten pairs of it.

    Attributes:
        mean: Of the reference, shape [C].
        components: Columns that make of a difference from the mean as many figures, [C, D].
    """

    mean: Floats
    components: Floats

    @classmethod
    def of(cls, reference: Floats) -> Self:
        """Learns from the descriptions of usual pairs, one or more, shape [R, C]."""
        mean = reference.mean(axis=0)
        spread = reference.std(axis=0)
        scale = np.where(spread > _STILL, 1 / np.maximum(spread, _STILL), 0.0)
        standard = (reference - mean) * scale
        widths, rows = np.linalg.svd(standard, full_matrices=False)[1:]
        most = min(MAX_DIMENSIONS, max(1, len(reference) // _REFERENCES_A_DIMENSION))
        kept = np.flatnonzero(widths[:most] > _STILL * max(1.0, float(widths.max())))
        return cls(mean, (scale[:, None] * rows[kept].T) / widths[kept])

    def looks(self, descriptions: Floats) -> Looks:
        """Returns unit vectors, float32 of shape [N, D]; of a reference all alike all the same."""
        if not self.components.shape[1]:
            return np.ones((len(descriptions), 1), np.float32)
        vectors = (descriptions - self.mean) @ self.components
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, _STILL), np.float32)


def _in_a_row(values: "NDArray[Any]") -> "NDArray[Any]":
    """Returns the figures of each pair in a row, also of no pair at all."""
    return values.reshape(len(values), math.prod(values.shape[1:]))


def _parts(values: NDArray[np.float32], parts: tuple[int, int]) -> NDArray[np.float32]:
    """Returns means of parts of pictures: [..., 36, 64] becomes [..., rows, columns]."""
    rows, columns = parts
    split = (rows, CELL_ROWS // rows, columns, CELL_COLUMNS // columns)
    return np.asarray(values.reshape(*values.shape[:-2], *split).mean(axis=(-3, -1)))


def _colour(pictures: Bytes) -> Floats:
    red, green, blue = np.moveaxis(pictures // (256 // _COLOUR_LEVELS), -1, 0)
    cubes = _COLOUR_LEVELS**2 * red + _COLOUR_LEVELS * green + blue
    num_cubes = _COLOUR_LEVELS**3
    num_pairs = len(pictures)
    cubes = _in_a_row(cubes)
    counts = np.bincount(
        (cubes + num_cubes * np.arange(num_pairs)[:, None]).ravel(), minlength=num_pairs * num_cubes
    )
    return np.asarray(np.sqrt(counts.reshape(num_pairs, num_cubes) / cubes.shape[1]))


def _fineness(lumas: NDArray[np.float32]) -> Floats:
    window = np.outer(np.hanning(CELL_ROWS), np.hanning(CELL_COLUMNS))
    flat = lumas - lumas.mean(axis=(-2, -1), keepdims=True)
    energy = np.square(np.abs(np.fft.rfft2(flat * window))).mean(axis=1)
    banded = _in_a_row(energy) @ _bands()
    return np.asarray(np.log10(banded + _LEAST_ENERGY))


@cache
def _bands() -> Floats:
    """Returns which band each frequency of a spectrum belongs to, [36 * 33, 20], means in each."""
    down, across = np.fft.fftfreq(CELL_ROWS)[:, None], np.fft.rfftfreq(CELL_COLUMNS)[None]
    length = np.hypot(down, across)
    octave = np.clip(np.floor(np.log2(np.maximum(length, _STILL))) + _NUM_OCTAVES + 1, 0, None)
    octave = np.minimum(octave, _NUM_OCTAVES - 1)
    turn = np.mod(np.arctan2(down, across) / np.pi, 1)
    direction = np.mod(np.rint(turn * _NUM_DIRECTIONS), _NUM_DIRECTIONS)
    band = (octave * _NUM_DIRECTIONS + direction).astype(np.int64).ravel()
    members = np.eye(_NUM_OCTAVES * _NUM_DIRECTIONS)[band]
    members[(length <= 0).ravel()] = 0
    return np.asarray(members / np.maximum(members.sum(axis=0), 1))
