"""`thumbnails/<pack>/<pair>.webp`: the last measured frame of a pair, and what a row says of it."""

import io
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aivj.errors import InputError
from aivj.storage import sha256_hex

if TYPE_CHECKING:
    from PIL import Image

LUMA_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32) / 255
"""Rec. 709, of gamma-encoded red, green and blue bytes; luma is 0 to 1."""

LUMA_TOLERANCE = 0.02
"""How far the mean luma of a picture may lie from that of the frame it shows.

Lossy coding puts 260 real pictures off by 0.009 at most (docs/log/sampling.md).
"""

CELL_TOLERANCE = 0.08
"""How far its cells may lie from those of the frame in the mean: two pictures of one luma differ.

The same pictures are off by 0.006 at most at the usual size, by 0.046 where a cell is a pixel.
"""

MAX_PICTURE_BYTES = 32 * 1024**2
MAX_PICTURE_PIXELS = 4096 * 4096
"""Of a picture that is decoded; a stage draws 3840 x 2160 at most."""

_FORMATS = ("WEBP", "PNG", "JPEG")
_UNDECODABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, TypeError)
"""What Pillow's decoders raise for bytes that are no picture."""

Floats = NDArray[np.float32]


def luma(pixels: NDArray[np.uint8]) -> Floats:
    """Returns Rec. 709 luma of gamma-encoded values, 0 to 1, without the last axis."""
    return np.asarray(pixels @ LUMA_WEIGHTS)


def picture_luma(data: bytes) -> float:
    """Returns the mean luma of a picture's pixels, 0 to 1.

    Raises:
        InputError: The bytes are no whole picture.
    """
    return float(luma(picture_pixels(data)).mean(dtype=np.float64))


def picture_cells(data: bytes, rows: int, columns: int) -> Floats:
    """Returns the luma of a picture's cells, the topmost row first, shape [rows, columns].

    Each cell is the mean of the pixels below it; where they do not divide evenly, cells are counted
    from the lowest row, as the stage's own are.

    Raises:
        InputError: The bytes are no whole picture.
    """
    cells = luma(picture_pixels(data))[::-1].astype(np.float64)
    for axis, num_cells in ((0, rows), (1, columns)):
        size = cells.shape[axis]
        starts = np.arange(num_cells) * size // num_cells
        ends = np.maximum(starts + 1, np.arange(1, num_cells + 1) * size // num_cells)
        sums = np.insert(np.cumsum(cells, axis=axis), 0, 0, axis=axis)
        counts = np.expand_dims(ends - starts, 1 - axis)
        cells = (np.take(sums, ends, axis) - np.take(sums, starts, axis)) / counts
    return cells[::-1].astype(np.float32)


def picture_pixels(data: bytes) -> NDArray[np.uint8]:
    """Returns a picture's red, green and blue bytes, of shape [height, width, 3].

    Raises:
        InputError: The bytes are no whole picture.
    """
    pixels: Any = np.asarray(open_picture(data))
    return np.asarray(pixels, np.uint8)


def open_picture(data: bytes) -> "Image.Image":
    """Decodes a picture, whoever made it: its size is looked at before its pixels are.

    Returns:
        Red, green and blue.

    Raises:
        InputError: The bytes are no whole WebP, PNG or JPEG picture, or one that is larger than
            any that is drawn here.
    """
    from PIL import Image

    expected = "a whole WebP, PNG or JPEG picture"
    try:
        if len(data) > MAX_PICTURE_BYTES:
            raise ValueError(f"more than {MAX_PICTURE_BYTES}")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PICTURE_PIXELS:
                raise ValueError(f"{width} x {height} pixels, limit {MAX_PICTURE_PIXELS}")
            return picture.convert("RGB")
    except (*_UNDECODABLE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(
            expected, f"{len(data)} bytes: {error}", "make it again: sample its pair, draw it"
        ) from error


def picture_digest(data: bytes) -> str:
    """Returns what a row calls its picture: the SHA-256 of the file, as 64 hexadecimal digits."""
    return sha256_hex(data)
