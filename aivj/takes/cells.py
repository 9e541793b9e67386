"""What the page reads of a rendered preset or pair: small pictures of its frames.

A picture is 36 rows of 64 cells, each the mean of the pixels below it, as gamma-encoded bytes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.errors import ItemError

CELL_ROWS = 36
CELL_COLUMNS = 64
_NUM_PICTURES = 3

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class LayerCells:
    """A preset rendered twice from the same seed.

    Attributes:
        music: With its music, uint8 of shape [measure_frames + 1, 36, 64, 3]: the measured
            frames, and before them the last of the warm-up.
        silence: In silence, uint8 of shape [num_compared, 36, 64, 3]: the compared frames.
    """

    music: Bytes
    silence: Bytes

    @classmethod
    def from_bytes(cls, data: bytes, *, measure_frames: int, silent_frames: int) -> "LayerCells":
        """Takes the bytes as the page sends them.

        Raises:
            ItemError: There are more or fewer bytes than the frames have.
        """
        frames = _frames(data, measure_frames + 1 + silent_frames, num_pictures=1)[:, :, 0]
        return cls(frames[: measure_frames + 1], frames[measure_frames + 1 :])


@dataclass(frozen=True)
class Pictures:
    """One rendering of a pair.

    Attributes:
        composite: Both layers together, uint8 of shape [num_frames, 36, 64, 3].
        foreground: The layer in front, the same.
        background: The layer behind, the same.
    """

    composite: Bytes
    foreground: Bytes
    background: Bytes

    def frames(self, which: slice) -> "Pictures":
        """Returns some of the frames."""
        return Pictures(self.composite[which], self.foreground[which], self.background[which])


@dataclass(frozen=True)
class PairCells:
    """A pair rendered twice from the same seeds.

    Attributes:
        music: With its music: the measured frames, and before them the last of the warm-up.
        silence: In silence: the frames that are compared.
    """

    music: Pictures
    silence: Pictures

    @classmethod
    def from_bytes(cls, data: bytes, *, measure_frames: int, silent_frames: int) -> "PairCells":
        """Takes the bytes as the page sends them.

        Raises:
            ItemError: There are more or fewer bytes than the frames have.
        """
        frames = _frames(data, measure_frames + 1 + silent_frames, num_pictures=_NUM_PICTURES)
        whole = Pictures(*frames.transpose(2, 0, 1, 3, 4))
        return cls(
            whole.frames(slice(0, measure_frames + 1)),
            whole.frames(slice(measure_frames + 1, None)),
        )


def _frames(data: bytes, num_frames: int, num_pictures: int) -> Bytes:
    """Returns the cells of all frames, of shape [num_frames, 36, num_pictures, 64, 3]."""
    shape = (num_frames, CELL_ROWS, num_pictures, CELL_COLUMNS, 3)
    expected = int(np.prod(shape))
    if len(data) != expected:
        raise ItemError(
            "page-error",
            f"{expected} bytes of cells for {num_frames} frames",
            f"{len(data)}",
            "build the stage again with `make setup`",
        )
    return np.frombuffer(data, np.uint8).reshape(shape)
