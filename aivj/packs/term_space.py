"""A space in which presets lie close together whose code is made of the same terms.

Terms are weighed by TF-IDF (Salton and Buckley, Term-weighting approaches in automatic text
retrieval, 1988): a term says more of a preset the fewer presets have it. A singular value
decomposition of the weights then leaves few directions (latent semantic analysis; Deerwester et
al. 1990). Both are fitted to a library once; the space travels with whatever was learned in it,
since another library would have other terms.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.packs.feature_table import FloatArray
from aivj.packs.term_table import Terms, TermTable
from aivj.presets.code_terms import TERMS_SPEC
from aivj.storage import sha256_hex

NUM_DIRECTIONS = 50
MIN_PRESETS = 3
"""Terms of fewer presets are names that one author made up."""

MAX_SHARE = 0.9
"""Terms of a larger share of the presets tell nothing."""

MAX_FITTED = 20_000
"""Presets that a space is fitted to; more change its directions little and its cost much."""

_NUM_SPEC_DIGITS = 8
_DESCRIBED_AT_A_TIME = 4096


@dataclass(frozen=True, eq=False)
class TermSpace:
    """What a library's terms weigh, and the directions in which its presets differ most.

    Attributes:
        terms: V terms, sorted.
        weights: [V] inverse document frequency of each, float32.
        directions: [D, V] orthonormal directions, float32.
    """

    terms: tuple[str, ...]
    weights: FloatArray
    directions: FloatArray

    @classmethod
    def fit(
        cls,
        presets: Iterable[Terms] | TermTable,
        *,
        num_directions: int = NUM_DIRECTIONS,
        max_fitted: int = MAX_FITTED,
        seed: int = 0,
    ) -> "TermSpace":
        """Fits a space to presets; the same presets in the same order give the same bytes.

        Args:
            presets: Terms of each, see `aivj.presets.code_terms`.
            num_directions: Most directions; fewer where there are fewer presets or terms.
            max_fitted: Of more presets, so many are drawn.
            seed: Decides which, and where the decomposition begins.
        """
        from sklearn.decomposition import TruncatedSVD
        from threadpoolctl import threadpool_limits

        table = presets if isinstance(presets, TermTable) else TermTable.of(presets)
        if len(table) > max_fitted:
            drawn = np.random.default_rng(seed).permutation(len(table))[:max_fitted]
            table = table.rows(np.sort(drawn).tolist())
        terms = table.frequent(MIN_PRESETS, MAX_SHARE * len(table))
        num_directions = min(num_directions, len(table) - 1, len(terms) - 1)
        if num_directions < 1:
            return cls((), np.zeros(0, np.float32), np.zeros((0, 0), np.float32))
        weights, weighed = _weighed(table.counts(terms))
        model = TruncatedSVD(num_directions, random_state=seed)
        # The order of sums, and with it the last bits, depends on the number of threads.
        with threadpool_limits(1):
            model.fit(weighed)
        directions = np.ascontiguousarray(model.components_, dtype=np.float32)
        return cls(tuple(terms), weights, directions)

    @classmethod
    def weighing(cls, table: TermTable) -> "TermSpace":
        """Returns what the terms of presets weigh, without directions."""
        terms = table.frequent(MIN_PRESETS, MAX_SHARE * len(table))
        weights = _weighed(table.counts(terms))[0] if terms else np.zeros(0, np.float32)
        return cls(tuple(terms), weights, np.zeros((0, len(terms)), np.float32))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "TermSpace":
        """Takes what `arrays` gave, from wherever it was kept.

        Raises:
            KeyError: Some of it is missing.
        """
        terms = arrays["terms"].tobytes().decode().split("\n")
        weights = arrays["weights"]
        return cls(tuple(terms[: len(weights)]), weights, arrays["directions"])

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is to be kept of the space: its terms as bytes, a line each; weights; directions."""
        return {
            "terms": np.frombuffer("\n".join([*self.terms, ""]).encode(), np.uint8).copy(),
            "weights": self.weights,
            "directions": self.directions,
        }

    @property
    def num_directions(self) -> int:
        """Numbers that describe a preset."""
        return len(self.directions)

    @cached_property
    def spec(self) -> str:
        """Stands for the space: version of the terms, digest of the fit, number of directions."""
        digest = sha256_hex(
            "\n".join(self.terms).encode() + self.weights.tobytes() + self.directions.tobytes()
        )
        return f"{TERMS_SPEC}-{digest[:_NUM_SPEC_DIGITS]}/{self.num_directions}"

    def weigh(self, presets: Iterable[Terms] | TermTable) -> Any:
        """Returns the TF-IDF of presets, a sparse [N, V] of rows of unit length.

        A row is empty where a preset has none of the terms.
        """
        from sklearn.feature_extraction.text import TfidfTransformer

        weighing = TfidfTransformer(sublinear_tf=True)
        weighing.idf_ = self.weights.astype(np.float64)
        if isinstance(presets, TermTable):
            return weighing.transform(presets.counts(self.terms))
        return weighing.transform(self._counts(presets))

    def describe(self, presets: Iterable[Terms] | TermTable) -> FloatArray:
        """Returns where presets lie, [N, D] of unit length; 0 for one without a known term."""
        parts = [np.zeros((0, self.num_directions), np.float32)]
        for part in _parts(presets):
            if not self.terms:
                parts.append(np.zeros((len(part), 0), np.float32))
                continue
            places = self.weigh(part) @ self._across
            length = np.linalg.norm(places, axis=1, keepdims=True)
            parts.append((places / np.where(length > 0, length, 1)).astype(np.float32))
        return np.concatenate(parts)

    @cached_property
    def _across(self) -> NDArray[np.float64]:
        return np.ascontiguousarray(self.directions.T, dtype=np.float64)

    @cached_property
    def _place_of(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def _counts(self, presets: Iterable[Terms]) -> Any:
        """Returns how often presets hold the terms; no table of what else they hold is made."""
        from scipy.sparse import csr_matrix

        place_of = self._place_of
        places: list[int] = []
        counts: list[int] = []
        ends = [0]
        for preset in presets:
            known = [(place_of[term], count) for term, count in preset.items() if term in place_of]
            places += [place for place, _ in known]
            counts += [count for _, count in known]
            ends.append(len(places))
        shape = (len(ends) - 1, len(place_of))
        made: Any = csr_matrix  # scipy is not typed
        matrix = made((np.array(counts, np.float64), places, ends), shape=shape)
        matrix.sort_indices()  # as `TermTable.counts` says
        return matrix


def _weighed(counts: Any) -> tuple[FloatArray, Any]:
    """Returns the inverse document frequency of terms, float32, and the TF-IDF of presets."""
    from sklearn.feature_extraction.text import TfidfTransformer

    weighing = TfidfTransformer(sublinear_tf=True)
    weighed = weighing.fit_transform(counts)
    return weighing.idf_.astype(np.float32), weighed


def _parts(presets: Iterable[Terms] | TermTable) -> "Iterator[list[Terms] | TermTable]":
    if isinstance(presets, TermTable):
        for start in range(0, len(presets), _DESCRIBED_AT_A_TIME):
            yield presets.rows(range(start, min(start + _DESCRIBED_AT_A_TIME, len(presets))))
        return
    part: list[Terms] = []
    for preset in presets:
        part.append(preset)
        if len(part) == _DESCRIBED_AT_A_TIME:
            yield part
            part = []
    if part:
        yield part
