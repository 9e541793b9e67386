"""Pictures of presets as vectors, found by the presets' ids, and how they stand beside code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.contracts.embeddings import EmbeddingFiles, Embeddings, Encoder, Vectors, read_embeddings
from aivj.errors import InputError

PICTURE_SHARE = 0.5
"""Length of the pictures' part beside the code's, which is 1."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Vectors of N presets, some of which have none.

    Attributes:
        vectors: [N, D] float32, zeros where there is none.
        are_there: [N] whether there is one.
    """

    vectors: Vectors
    are_there: NDArray[np.bool_]

    def rows(self, places: NDArray[np.int64]) -> "Pictures":
        """Returns those of some presets."""
        return Pictures(self.vectors[places], self.are_there[places])

    @property
    def mean(self) -> Vectors:
        """[D] what those that are there have in common; 0 where none is."""
        num = max(1, int(self.are_there.sum()))
        return np.asarray(self.vectors[self.are_there].sum(axis=0) / num, np.float32)

    def beside(self, mean: Vectors) -> Vectors:
        """Returns what they differ in from a mean, rows of unit length, [N, D].

        What all pictures have in common would drown what they differ in.
        """
        return np.where(self.are_there[:, None], unit(self.vectors - mean), np.float32(0))


class PictureLookup:
    """Finds vectors by the ids of presets, whatever order they were embedded in."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._vectors = embeddings.vectors
        self._row_of = {name: row for row, name in enumerate(embeddings.ids)}

    def __len__(self) -> int:
        return len(self._row_of)

    def num_of(self, names: Iterable[str]) -> int:
        """Returns how many of some presets have a vector."""
        return sum(name in self._row_of for name in names)

    def of(self, names: Sequence[str]) -> Pictures:
        """Returns the vectors of presets, in their order."""
        rows = np.array([self._row_of.get(name, -1) for name in names], np.int64)
        are_there = rows >= 0
        vectors = np.zeros((len(rows), self._vectors.shape[1]), np.float32)
        vectors[are_there] = self._vectors[rows[are_there]]
        return Pictures(vectors, are_there)


def fitting_embeddings(files: Sequence[EmbeddingFiles], encoder: Encoder, dims: int) -> Embeddings:
    """Reads the first embeddings that an encoder made.

    Args:
        files: Where to look.
        encoder: What is to have made them: a space of vectors is one encoder's alone.
        dims: Length of a vector.

    Raises:
        InputError: There are none, they cannot be read, or something else made all of them.
    """
    others = []
    for each in files:
        if not each.ids.exists():
            continue
        embeddings = read_embeddings(each)
        meta = embeddings.meta
        if meta is not None and (meta.encoder, meta.dims) == (encoder, dims):
            return embeddings
        others.append("an encoder that they do not name" if meta is None else named(meta.encoder))
    where = f" in {files[0].folder}" if files else ""
    raise InputError(
        f"embeddings by {named(encoder)}",
        f"some by {', '.join(others)}" if others else f"none{where}",
        "embed the pictures with that encoder: aivj frames, then aivj embed",
    )


def named(encoder: Encoder) -> str:
    """Returns what a person may tell an encoder by."""
    parts = [encoder.kind, encoder.model, encoder.pretrained, encoder.weights[:8]]
    return " ".join([*parts, *([f"adapter {encoder.adapter[:8]}"] if encoder.adapter else [])])


def unit(vectors: Vectors) -> Vectors:
    """Returns rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
