"""Styles that people taught: a linear model from a preset to the styles of a folder.

What it looks at is the TF-IDF of the terms of code and, at half that length each, the features of
the text, standardised, and where there are any, embeddings of pictures. A preset without a picture
is told by planes of its text alone, which were learned beside those of both. It is plain arrays:
nothing that is read back can run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.packs.feature_table import FloatArray
from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.presets.code_terms import TERMS_SPEC
from aivj.presets.features import FEATURE_SPEC
from aivj.styles.pictures import PICTURE_SHARE, Pictures
from aivj.styles.planes import Arrays, Flags, Floats, Inputs, Planes

FEATURE_SHARE = 0.5
"""Length of the features' part; that of the terms is 1."""

SECOND_SHARE = 0.75
"""How likely a second style is, as a share of the first, for a preset to have it too."""

MODEL_SPEC = f"{TERMS_SPEC}+{FEATURE_SPEC}"
"""Stands for what a model is told of a preset's text."""

_MAX_DEVIATIONS = 3.0
_SPACE = "space."
_PICTURES = "pictures."


@dataclass(frozen=True, eq=False)
class SeenPlanes:
    """What was learned from text and pictures together, D numbers a picture.

    Attributes:
        mean: [D] what the pictures that were learned from have in common.
        share: Length of the pictures' part; that of the terms is 1.
        planes: Of V + F + D numbers.
    """

    mean: FloatArray
    share: float
    planes: Planes

    def inputs(self, text: Inputs, pictures: Pictures) -> Inputs:
        """Returns [N, V + F + D] of what is known of texts and of pictures."""
        return _side_by_side(text, self.share * pictures.beside(self.mean))


@dataclass(frozen=True, eq=False)
class StyleModel:
    """What was learned of S styles.

    Attributes:
        space: Which terms count, and what they weigh; without directions.
        mean: [F] mean of the features, signed logarithms.
        std: [F] their deviation; 1 where there is none.
        text: Planes of V + F numbers, of text alone.
        seen: Those of text and pictures, if there were any.
    """

    space: TermSpace
    mean: FloatArray
    std: FloatArray
    text: Planes
    seen: SeenPlanes | None = None

    @classmethod
    def fit(
        cls,
        terms: TermTable,
        features: FloatArray,
        is_of: Flags,
        *,
        pictures: Pictures | None = None,
        picture_share: float = PICTURE_SHARE,
    ) -> "StyleModel":
        """Learns styles; the same presets in the same order give the same numbers.

        Args:
            terms: Terms of N presets.
            features: [N, F].
            is_of: [N, S] whether a preset is of a style; each style has some and lacks some.
            pictures: Of the N presets. One without a picture is learned from by its text.
            picture_share: See `SeenPlanes`.
        """
        space = TermSpace.weighing(terms)
        logs = _logs(features)
        mean, std = logs.mean(axis=0), logs.std(axis=0)
        std = np.where(std > 0, std, 1)
        nothing = Planes(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
        model = cls(space, mean.astype(np.float32), std.astype(np.float32), nothing)
        inputs = model.text_inputs(terms, features)
        model = replace(model, text=Planes.fit(inputs, is_of))
        if pictures is None:
            return model
        seen = SeenPlanes(pictures.mean, picture_share, nothing)
        planes = Planes.fit(seen.inputs(inputs, pictures), is_of)
        return replace(model, seen=replace(seen, planes=planes))

    def sharpened(self, *, text: float, seen: float = 1.0) -> "StyleModel":
        """Returns the same with what margins of text alone, and of both, are multiplied by."""
        by_both = self.seen and replace(self.seen, planes=replace(self.seen.planes, sharpness=seen))
        return replace(self, text=replace(self.text, sharpness=text), seen=by_both)

    def text_inputs(self, terms: TermTable, features: FloatArray) -> Inputs:
        """Returns what the model sees of texts, a sparse [N, V + F]."""
        standard = (_logs(features) - self.mean) / self.std
        standard = np.clip(standard, -_MAX_DEVIATIONS, _MAX_DEVIATIONS)
        length = np.linalg.norm(standard, axis=1, keepdims=True)
        standard *= FEATURE_SHARE / np.where(length > 0, length, 1)
        return _side_by_side(self.space.weigh(terms), standard)

    def log_shares(
        self, terms: TermTable, features: FloatArray, pictures: Pictures | None = None
    ) -> Floats:
        """Returns the logarithm of how likely each style is, [N, S]; of all together 1.

        Args:
            terms: Terms of N presets.
            features: [N, F].
            pictures: Of the N presets, by the encoder that was learned from; those without one
                are told by text alone.
        """
        inputs = self.text_inputs(terms, features)
        shares = self.text.log_shares(inputs)
        if self.seen is not None and pictures is not None:
            rows = np.flatnonzero(pictures.are_there)
            both = self.seen.inputs(inputs[rows], pictures.rows(rows))
            shares[rows] = self.seen.planes.log_shares(both)
        return shares

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is to be kept of the model."""
        arrays = {f"{_SPACE}{name}": array for name, array in self.space.arrays.items()}
        arrays |= {"mean": self.mean, "std": self.std, **self.text.arrays}
        if self.seen is not None:
            share = np.array([self.seen.share], np.float32)
            seen = {"mean": self.seen.mean, "share": share, **self.seen.planes.arrays}
            arrays |= {f"{_PICTURES}{name}": array for name, array in seen.items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "StyleModel":
        """Takes what `arrays` gave.

        Raises:
            KeyError: Some of it is missing.
            ValueError: Some of it does not fit the rest.
        """
        space = TermSpace.from_arrays(_below(_SPACE, arrays))
        mean, std = arrays["mean"], arrays["std"]
        if std.shape != mean.shape:
            raise ValueError(f"deviations of shape {std.shape}")
        num_inputs = len(space.terms) + len(mean)
        text = Planes.from_arrays(arrays, num_inputs=num_inputs)
        kept = _below(_PICTURES, arrays)
        if not kept:
            return cls(space, mean, std, text)
        planes = Planes.from_arrays(kept, num_inputs=num_inputs + len(kept["mean"]))
        if len(planes.bias) != len(text.bias):
            raise ValueError(f"planes of {len(text.bias)} styles and of {len(planes.bias)}")
        return cls(
            space, mean, std, text, SeenPlanes(kept["mean"], float(kept["share"][0]), planes)
        )


def styles_of(shares: Floats, names: Sequence[str]) -> list[str]:
    """Returns the likeliest style of a preset, and a second one that is nearly as likely.

    Args:
        shares: [S] how likely each style is.
        names: What they are called.
    """
    first, *others = np.argsort(-shares, kind="stable")[:2].tolist()
    also = [place for place in others if shares[place] >= SECOND_SHARE * shares[first]]
    return [names[place] for place in (first, *also)]


def _below(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def _side_by_side(sparse_block: Inputs, dense: Any) -> Inputs:
    from scipy import sparse

    made: Any = sparse  # scipy is not typed
    return made.hstack([sparse_block, made.csr_matrix(dense)]).tocsr()


def _logs(features: FloatArray) -> Floats:
    values = features.astype(np.float64)
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
