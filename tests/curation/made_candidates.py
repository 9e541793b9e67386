"""Candidates whose good ones are alike: quality and variety pull apart."""

import numpy as np

from aivj.curation.candidates import Candidates


def made_candidates(*, num_presets: int = 24, width: int = 12, seed: int = 0) -> Candidates:
    """Returns every pair of presets, both ways; the better a pair, the nearer to one direction."""
    rng = np.random.default_rng(seed)
    layers = np.array(
        [(one, other) for one in range(num_presets) for other in range(num_presets) if one != other]
    )
    quality01 = rng.uniform(0, 1, len(layers))
    common = np.eye(width)[0]
    vectors = 2 * quality01[:, None] * common + rng.normal(size=(len(layers), width)) * 0.5
    looks = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return Candidates(layers[:, 0], layers[:, 1], quality01, looks.astype(np.float32))


def mean_likeness(looks: np.ndarray) -> float:
    """Returns the mean cosine of two of the vectors."""
    num = len(looks)
    return float(((looks @ looks.T).sum() - num) / (num * (num - 1)))
