"""What judges may look at, computed once for all folds: nothing of it is a rating.

Text is counted by hashed tokens, so that what a fold does not show stays unknown to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aivj.packs.feature_table import FloatArray
from aivj.presets.author import author_names
from aivj.presets.digest import RATING_KEY
from aivj.presets.features import feature_vector
from aivj.presets.milk import Milk
from aivj.presets.program import read_program
from aivj.ratings.rated_presets import RatedPreset

_NUM_BUCKETS = 2**16


@dataclass(frozen=True, eq=False)
class Evidence:
    """Several views of the same presets, a row each.

    Attributes:
        features: [N, F] of `aivj.presets.features`.
        tokens: [N, B] sparse; how often each token of code and each written value occurs.
        authors: [N, B] sparse; who is named as an author.
        format: [N, 3] preset version, shader version, whether it has custom waves or shapes.
    """

    features: FloatArray
    tokens: Any
    authors: Any
    format: FloatArray


def gather_evidence(presets: Sequence[RatedPreset]) -> Evidence:
    """Looks at presets in every way that judges know."""
    return Evidence(
        features=np.stack([feature_vector(preset.milk) for preset in presets]),
        tokens=_hashed(_tokens(preset.milk) for preset in presets),
        authors=_hashed(author_names(preset.name) for preset in presets),
        format=np.array([_format(preset) for preset in presets], dtype=np.float32),
    )


def _tokens(milk: Milk) -> Iterator[str]:
    """Yields the tokens of all code, assigned names apart from read ones, and all values."""
    for name, operator, number in read_program(milk).whole.tokens:
        yield f"{name}{operator}{number}"
    for key, value in milk.raw.items():
        if key != RATING_KEY:
            yield f"{key}={value}"


def _hashed(texts: Iterator[Iterable[str]]) -> Any:
    """Counts words by hash, the same in every process."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        analyzer=list, n_features=_NUM_BUCKETS, alternate_sign=False, norm=None
    )
    return vectorizer.transform(texts)


def _format(preset: RatedPreset) -> tuple[int, int, bool]:
    milk = preset.milk
    return milk.milkdrop_preset_version, milk.ps_version, preset.is_milkdrop_2
