"""What presets of a pack are compared by, to be grouped: vectors, or groups that are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aivj.contracts.embeddings import Embeddings
from aivj.errors import InputError
from aivj.styles.kmeans import Vectors
from aivj.styles.pictures import PICTURE_SHARE, PictureLookup, unit


@dataclass(frozen=True, eq=False)
class Compared:
    """Presets, rows aligned.

    Attributes:
        names: Their ids.
        vectors: [N, D] what they are compared by.
        space: Version of that.
        groups: Group of each preset, where there is nothing to be clustered.
    """

    names: list[str]
    vectors: Vectors
    space: str
    groups: list[str] | None = None


def by_pictures(names: Sequence[str], embeddings: Embeddings) -> Compared:
    """Compares presets by the embeddings of their pictures; those without one are left out.

    Raises:
        InputError: None has one.
    """
    pictures = PictureLookup(embeddings).of(names)
    if not pictures.are_there.any():
        raise InputError(
            "embeddings of presets of this pack",
            f"{len(embeddings.ids)} of others" if embeddings.ids else "none",
            "embed the pack's own pictures: aivj frames, then aivj embed",
        )
    known = [name for name, is_there in zip(names, pictures.are_there, strict=True) if is_there]
    encoder = embeddings.meta.encoder if embeddings.meta else None
    space = f"{encoder.kind}/{encoder.model}/{encoder.weights[:8]}" if encoder else "embeddings"
    return Compared(known, unit(pictures.vectors[pictures.are_there]), space)


def by_code_and_pictures(
    names: Sequence[str], places: Vectors, space: str, embeddings: Embeddings
) -> Compared:
    """Compares presets by places in a space of terms and by pictures, side by side.

    Args:
        names: Ids of N presets.
        places: [N, D] where their code lies, of unit length.
        space: Version of that space.
        embeddings: Of their pictures; presets without one are left out.

    Raises:
        InputError: None has one.
    """
    pictures = by_pictures(names, embeddings)
    row_of = {name: row for row, name in enumerate(names)}
    code = places[[row_of[name] for name in pictures.names]]
    # What all pictures have in common would drown what they differ in.
    centred = unit(pictures.vectors - pictures.vectors.mean(axis=0))
    vectors = np.concatenate([code, PICTURE_SHARE * centred], axis=1).astype(np.float32)
    return Compared(pictures.names, vectors, f"{space}+{pictures.space}")
