"""Styles that people taught: a linear model from a preset's code to the styles of a folder.

What it looks at is the TF-IDF of the terms of code and, at half that length, the features of the
text, standardised. For each style a linear support vector machine tells presets of it from the
others (Cortes and Vapnik, 1995; one against the rest, so that a preset may be of two), and the
margins become probabilities by a softmax whose temperature was fitted to held-out presets. It is
plain arrays: nothing that is read back can run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.packs.feature_table import FloatArray
from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.presets.code_terms import TERMS_SPEC
from aivj.presets.features import FEATURE_SPEC

STRENGTH = 0.4
"""Inverse strength of the penalty."""

FEATURE_SHARE = 0.5
"""Length of the features' part; that of the terms is 1."""

SECOND_SHARE = 0.75
"""How likely a second style is, as a share of the first, for a preset to have it too."""

MODEL_SPEC = f"{TERMS_SPEC}+{FEATURE_SPEC}"
"""Stands for what a model is told of a preset."""

_MAX_DEVIATIONS = 3.0
_SPACE = "space."
_MAX_ROUNDS = 2000

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StyleModel:
    """What was learned of S styles.

    Attributes:
        space: Which terms count, and what they weigh; without directions.
        mean: [F] mean of the features, signed logarithms.
        std: [F] their deviation; 1 where there is none.
        weights: [S, V + F] weights, float32.
        bias: [S] float32.
        sharpness: What margins are multiplied by before the softmax.
    """

    space: TermSpace
    mean: FloatArray
    std: FloatArray
    weights: FloatArray
    bias: FloatArray
    sharpness: float = 1.0

    @classmethod
    def fit(
        cls,
        terms: TermTable,
        features: FloatArray,
        is_of: Flags,
        *,
        space: TermSpace | None = None,
        sharpness: float = 1.0,
    ) -> "StyleModel":
        """Learns styles; the same presets in the same order give the same numbers.

        Args:
            terms: Terms of N presets.
            features: [N, F].
            is_of: [N, S] whether a preset is of a style; each style has some and lacks some.
            space: Weights of terms; those of these presets, unless told otherwise.
            sharpness: See the attribute.
        """
        from sklearn.svm import LinearSVC

        weighed = space or TermSpace.weighing(terms)
        logs = _logs(features)
        std = logs.std(axis=0)
        empty = np.zeros((is_of.shape[1], 0), np.float32)
        model = cls(
            weighed,
            logs.mean(axis=0).astype(np.float32),
            np.where(std > 0, std, 1).astype(np.float32),
            empty,
            np.zeros(is_of.shape[1], np.float32),
            sharpness,
        )
        inputs = model.inputs(terms, features)
        planes = []
        for is_style in is_of.T:
            plane = LinearSVC(C=STRENGTH, random_state=0, max_iter=_MAX_ROUNDS)
            plane.fit(inputs, is_style)
            planes.append((plane.coef_[0], float(plane.intercept_[0])))
        return cls(
            weighed,
            model.mean,
            model.std,
            np.array([weights for weights, _ in planes], np.float32),
            np.array([bias for _, bias in planes], np.float32),
            sharpness,
        )

    def inputs(self, terms: TermTable, features: FloatArray) -> Any:
        """Returns what the model sees of presets, a sparse [N, V + F]."""
        from scipy import sparse

        standard = (_logs(features) - self.mean) / self.std
        standard = np.clip(standard, -_MAX_DEVIATIONS, _MAX_DEVIATIONS)
        length = np.linalg.norm(standard, axis=1, keepdims=True)
        standard *= FEATURE_SHARE / np.where(length > 0, length, 1)
        made: Any = sparse  # scipy is not typed
        return made.hstack([self.space.weigh(terms), made.csr_matrix(standard)]).tocsr()

    def margins(self, terms: TermTable, features: FloatArray) -> Floats:
        """Returns how far presets are on the side of each style, [N, S]."""
        weighed = self.inputs(terms, features) @ self.weights.T.astype(np.float64)
        return np.asarray(weighed + self.bias)

    def log_shares(self, terms: TermTable, features: FloatArray) -> Floats:
        """Returns the logarithm of how likely each style is, [N, S]; of all together 1."""
        return log_softmax(self.sharpness * self.margins(terms, features))

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is to be kept of the model."""
        space = {f"{_SPACE}{name}": array for name, array in self.space.arrays.items()}
        return {
            **space,
            "mean": self.mean,
            "std": self.std,
            "weights": self.weights,
            "bias": self.bias,
            "sharpness": np.array([self.sharpness], np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "StyleModel":
        """Takes what `arrays` gave.

        Raises:
            KeyError: Some of it is missing.
            ValueError: Some of it does not fit the rest.
        """
        space = TermSpace.from_arrays(
            {
                name.removeprefix(_SPACE): array
                for name, array in arrays.items()
                if name.startswith(_SPACE)
            }
        )
        model = cls(
            space,
            arrays["mean"],
            arrays["std"],
            arrays["weights"],
            arrays["bias"],
            float(arrays["sharpness"][0]),
        )
        num_features = len(model.mean)
        fits = model.std.shape == model.mean.shape and model.weights.shape == (
            len(model.bias),
            len(space.terms) + num_features,
        )
        if not fits:
            raise ValueError(f"weights of shape {model.weights.shape}")
        return model


def styles_of(shares: Floats, names: Sequence[str]) -> list[str]:
    """Returns the likeliest style of a preset, and a second one that is nearly as likely.

    Args:
        shares: [S] how likely each style is.
        names: What they are called.
    """
    first, *others = np.argsort(-shares, kind="stable")[:2].tolist()
    also = [place for place in others if shares[place] >= SECOND_SHARE * shares[first]]
    return [names[place] for place in (first, *also)]


def fitted_sharpness(margins: Floats, is_of: Flags) -> float:
    """Returns what makes held-out presets' own styles most likely, by golden section.

    Args:
        margins: [N, S] of models that had not seen the presets.
        is_of: [N, S] their styles.
    """
    from scipy import optimize

    own = is_of / is_of.sum(axis=1, keepdims=True)

    def loss(exponent: float) -> float:
        return float(-(own * log_softmax(np.exp(exponent) * margins)).sum())

    made: Any = optimize  # scipy is not typed
    found = made.minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded")
    return float(np.exp(found.x))


def log_softmax(values: Floats) -> Floats:
    """Returns the logarithm of the softmax over the last axis."""
    shifted = values - values.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _logs(features: FloatArray) -> Floats:
    values = features.astype(np.float64)
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
