"""Pairs drawn at random from the same presets: what a choice is compared with."""

import numpy as np

from aivj.curation.candidates import Places


def random_pairs(num_presets: int, num: int, seed: int) -> Places:
    """Draws pairs of different presets as `aivj pack` does: all presets shuffled, two and two.

    Where that gives too few pairs they are shuffled again; so presets are used evenly, and pairs
    may then come twice.

    Args:
        num_presets: At least 2.
        num: How many pairs.
        seed: Decides all of it.

    Returns:
        Foreground and background, int64 of shape [num, 2].
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    num_shuffles = -(-num // (num_presets // 2))
    shuffled = [rng.permutation(num_presets)[: num_presets // 2 * 2] for _ in range(num_shuffles)]
    return np.concatenate(shuffled).reshape(-1, 2)[:num]
