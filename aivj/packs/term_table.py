"""Terms of many presets side by side, in little memory: numbers in the place of words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Terms = Mapping[str, int]
Numbers = NDArray[np.int32]


class TermTable:
    """How often each preset holds each term; rows are only ever added.

    A preset takes eight bytes a term, where a dictionary of words takes a hundred.
    """

    def __init__(self) -> None:
        self._number_of: dict[str, int] = {}
        self._numbers: list[Numbers] = []
        self._counts: list[Numbers] = []

    @classmethod
    def of(cls, presets: Iterable[Terms]) -> Self:
        """Takes the terms of presets, see `aivj.presets.code_terms`."""
        table = cls()
        for terms in presets:
            table.add(terms)
        return table

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, terms: Terms) -> None:
        """Adds a preset."""
        number_of = self._number_of
        numbers = (number_of.setdefault(term, len(number_of)) for term in terms)
        self._numbers.append(np.fromiter(numbers, np.int32, len(terms)))
        self._counts.append(np.fromiter(terms.values(), np.int32, len(terms)))

    def rows(self, places: Iterable[int]) -> "TermTable":
        """Returns some of the presets; words are shared with this table."""
        part = TermTable()
        part._number_of = self._number_of
        for place in places:
            part._numbers.append(self._numbers[place])
            part._counts.append(self._counts[place])
        return part

    def frequent(self, least: int, most: float) -> list[str]:
        """Returns the terms that `least` to `most` of the presets have, sorted."""
        num_with = np.bincount(_joined(self._numbers), minlength=len(self._number_of))
        counts = num_with.tolist()
        return sorted(
            term for term, number in self._number_of.items() if least <= counts[number] <= most
        )

    def counts(self, terms: Sequence[str]) -> Any:
        """Returns how often presets hold the terms of a vocabulary, a sparse [N, V]."""
        from scipy.sparse import csr_matrix

        place_of = np.full(len(self._number_of), -1, np.int32)
        for place, term in enumerate(terms):
            if (number := self._number_of.get(term)) is not None:
                place_of[number] = place
        places, counts = place_of[_joined(self._numbers)], _joined(self._counts)
        is_known = places >= 0
        lengths = np.array([len(row) for row in self._numbers], np.int64)
        before = np.concatenate([[0], np.cumsum(is_known)])
        ends = before[np.concatenate([[0], np.cumsum(lengths)])]
        made: Any = csr_matrix  # scipy is not typed
        matrix = made(
            (counts[is_known].astype(np.float64), places[is_known], ends),
            shape=(len(self), len(terms)),
        )
        # Sums over a row are taken in the order of the terms, however a preset was read.
        matrix.sort_indices()
        return matrix


def _joined(rows: Sequence[Numbers]) -> Numbers:
    return np.concatenate([np.zeros(0, np.int32), *rows])
