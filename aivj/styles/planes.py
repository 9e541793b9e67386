"""A plane for each style, between its presets and the others, and shares from the margins.

The planes are those of linear support vector machines, one against the rest, so that a preset may
be of two (Cortes and Vapnik, 1995); margins become probabilities by a softmax whose temperature was
fitted to held-out presets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.packs.feature_table import FloatArray

STRENGTH = 0.4
"""Inverse strength of the penalty."""

_MAX_ROUNDS = 2000

Arrays = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Inputs = Any
"""[N, D] of scipy, sparse."""


@dataclass(frozen=True, eq=False)
class Planes:
    """What was learned of S styles from D numbers a preset.

    Attributes:
        weights: [S, D] float32.
        bias: [S] float32.
        sharpness: What margins are multiplied by before the softmax.
    """

    weights: FloatArray
    bias: FloatArray
    sharpness: float = 1.0

    @classmethod
    def fit(cls, inputs: Inputs, is_of: Flags) -> "Planes":
        """Learns styles; the same presets in the same order give the same numbers.

        Args:
            inputs: [N, D] what is known of presets.
            is_of: [N, S] whether a preset is of a style; each style has some and lacks some.
        """
        from sklearn.svm import LinearSVC

        weights = np.zeros((is_of.shape[1], inputs.shape[1]), np.float32)
        bias = np.zeros(is_of.shape[1], np.float32)
        for style, is_style in enumerate(is_of.T):
            machine = LinearSVC(C=STRENGTH, random_state=0, max_iter=_MAX_ROUNDS)
            machine.fit(inputs, is_style)
            weights[style], bias[style] = machine.coef_[0], machine.intercept_[0]
        return cls(weights, bias)

    def margins(self, inputs: Inputs) -> Floats:
        """Returns how far presets are on the side of each style, [N, S]."""
        return np.asarray(inputs @ self.weights.T.astype(np.float64) + self.bias)

    def log_shares(self, inputs: Inputs) -> Floats:
        """Returns the logarithm of how likely each style is, [N, S]; of all together 1."""
        return log_softmax(self.sharpness * self.margins(inputs))

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is to be kept of them."""
        return {
            "weights": self.weights,
            "bias": self.bias,
            "sharpness": np.array([self.sharpness], np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, *, num_inputs: int) -> "Planes":
        """Takes what `arrays` gave.

        Raises:
            KeyError: Some of it is missing.
            ValueError: Some of it does not fit the rest, or there are other than `num_inputs`
                numbers a preset.
        """
        planes = cls(arrays["weights"], arrays["bias"], float(arrays["sharpness"][0]))
        if planes.weights.shape != (len(planes.bias), num_inputs):
            raise ValueError(f"weights of shape {planes.weights.shape}")
        return planes


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
