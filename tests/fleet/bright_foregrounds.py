"""Pairs to learn from: those with a bright foreground are good."""

from dataclasses import replace

import numpy as np

from aivj.coupling import Source, TrainingSet


def measured_pairs(num_pairs: int) -> TrainingSet:
    """Returns measured pairs of as many foregrounds and backgrounds."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(2 * num_pairs, 5)).astype(np.float32)
    fg = np.arange(num_pairs)
    return TrainingSet(
        feature_spec="test.v1",
        preset_features=features,
        feature_blocks=(5,),
        preset_hashes=tuple(f"{number:064x}" for number in range(2 * num_pairs)),
        preset_families=np.concatenate([fg, fg]),
        fg_index=fg,
        bg_index=fg + num_pairs,
        target=(1 / (1 + np.exp(-3 * features[fg, 0]))).astype(np.float32),
        source=np.full(num_pairs, Source.EVAL, dtype=np.int8),
        elite_class=np.full(num_pairs, -1, dtype=np.int8),
        measured_luma=np.full(num_pairs, np.nan, dtype=np.float32),
    )


def with_negatives(pairs: TrainingSet) -> TrainingSet:
    """Returns the pairs and as many negatives, whose backgrounds are shuffled."""
    num_pairs = len(pairs)
    shuffled = np.random.default_rng(2).permutation(pairs.bg_index)
    return replace(
        pairs,
        fg_index=np.tile(pairs.fg_index, 2),
        bg_index=np.concatenate([pairs.bg_index, shuffled]),
        target=np.concatenate([pairs.target, np.zeros(num_pairs, np.float32)]),
        source=np.repeat(np.array([Source.EVAL, Source.NEGATIVE], np.int8), num_pairs),
        elite_class=np.tile(pairs.elite_class, 2),
        measured_luma=np.tile(pairs.measured_luma, 2),
    )
