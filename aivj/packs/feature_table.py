"""Features of many presets: one row for each content."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features by content; the same content is one row, whatever its files.

    Attributes:
        spec: Stands for the columns and their meaning; see `aivj.presets.features`.
        names: Name of each column.
        hashes: Content hash of each row, each once.
        values: [P, F] features, finite.
    """

    spec: str
    names: tuple[str, ...]
    hashes: tuple[str, ...]
    values: FloatArray

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row by content hash."""
        return {content_hash: row for row, content_hash in enumerate(self.hashes)}


@dataclass(frozen=True, eq=False)
class LibraryFeatures:
    """Features of a list of files.

    Attributes:
        hashes: Content hash of each file, in the order asked; None for one that cannot be read.
        table: A row for each content among them, in the order of their first files.
        notes: What a person should be told, for example of a broken part of the store.
    """

    hashes: tuple[str | None, ...]
    table: FeatureTable
    notes: tuple[str, ...] = ()
