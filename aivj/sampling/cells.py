"""What the page reads of a rendered pair: small pictures of its frames.

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
class Take:
    """One rendering of a pair.

    Attributes:
        composite: Both layers together, uint8 of shape [num_frames, 36, 64, 3].
        foreground: The layer in front, the same.
        background: The layer behind, the same.
    """

    composite: Bytes
    foreground: Bytes
    background: Bytes

    def frames(self, which: slice) -> "Take":
        """Returns some of the frames."""
        return Take(self.composite[which], self.foreground[which], self.background[which])


@dataclass(frozen=True)
class Cells:
    """A pair rendered twice from the same seed.

    Attributes:
        music: With its music: the measured frames, and before them the last of the warm-up.
        silence: In silence: the frames that are compared.
    """

    music: Take
    silence: Take

    @classmethod
    def from_bytes(cls, data: bytes, *, measure_frames: int, silent_frames: int) -> "Cells":
        """Takes the bytes as the page sends them.

        Raises:
            ItemError: There are more or fewer bytes than the frames have.
        """
        frame_shape = (CELL_ROWS, _NUM_PICTURES, CELL_COLUMNS, 3)
        num_frames = measure_frames + 1 + silent_frames
        expected = num_frames * int(np.prod(frame_shape))
        if len(data) != expected:
            raise ItemError(
                "page-error",
                f"{expected} bytes of cells for {num_frames} frames",
                f"{len(data)}",
                "build the stage again with `make setup`",
            )
        frames = np.frombuffer(data, np.uint8).reshape(num_frames, *frame_shape)
        pictures = frames.transpose(2, 0, 1, 3, 4)
        whole = Take(*pictures)
        return cls(
            whole.frames(slice(0, measure_frames + 1)),
            whole.frames(slice(measure_frames + 1, None)),
        )
