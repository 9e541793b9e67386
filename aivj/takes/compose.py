"""Two takes make a pair, without a browser: a layer's picture does not depend on its partner.

The page blends the layers' pixels and then shrinks the composite to cells (`render/composite.ts`,
`render/reduction.ts`); here the cells are blended. Where both layers vary below a cell the two
differ by the covariance of what is in it; `make bench-composition` says by how much.
"""

import io

import numpy as np

from aivj.errors import InputError
from aivj.stage.thumbnails import picture_pixels
from aivj.takes.cells import Bytes, LayerCells, PairCells, Pictures
from aivj.takes.picture import FOREGROUND_OPACITY

_WEBP_QUALITY = 80
_WEBP_METHOD = 2
"""Effort of the encoder, 0 to 6."""

FOREGROUND_PER_BYTE = FOREGROUND_OPACITY / 255 * (1 + 1e-6)
"""Of the way to white that is left above the background.

A millionth more than it is: halves are rounded up, whatever a float's last bit says.
"""

_LEVELS = np.arange(256, dtype=np.float64)
_SCREENED: Bytes = (
    np.rint(_LEVELS + np.outer(FOREGROUND_PER_BYTE * _LEVELS, 255 - _LEVELS))
    .astype(np.uint8)
    .ravel()
)
"""By 256 times foreground and background."""


def screen_blend(foreground: Bytes, background: Bytes) -> Bytes:
    """Returns the foreground at its opacity screened over the background, as the stage does.

    Args:
        foreground: Gamma-encoded bytes of any shape.
        background: The same.

    Returns:
        Bytes of that shape, rounded to the nearest.
    """
    return np.asarray(_SCREENED.take(256 * foreground.astype(np.uint16) + background))


def compose(foreground: LayerCells, background: LayerCells) -> PairCells:
    """Returns the cells of a pair whose layers were drawn under the same conditions."""
    return PairCells(
        music=_composed(foreground.music, background.music),
        silence=_composed(foreground.silence, background.silence),
    )


def composed_picture(foreground: bytes, background: bytes) -> bytes:
    """Returns the WebP picture of a pair from its layers' WebP pictures of the same frame.

    Equal pictures give equal bytes, with the same Pillow.

    Raises:
        InputError: One of them is no whole picture, or they differ in size.
    """
    from PIL import Image

    layers = picture_pixels(foreground), picture_pixels(background)
    sizes = [f"{layer.shape[1]}x{layer.shape[0]}" for layer in layers]
    if sizes[0] != sizes[1]:
        raise InputError(
            "pictures of one size, as takes of the same conditions have",
            f"a foreground of {sizes[0]}, a background of {sizes[1]}",
            "draw both presets under the same conditions",
        )
    written = io.BytesIO()
    Image.fromarray(screen_blend(*layers)).save(
        written, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_METHOD
    )
    return written.getvalue()


def _composed(foreground: Bytes, background: Bytes) -> Pictures:
    return Pictures(screen_blend(foreground, background), foreground, background)
