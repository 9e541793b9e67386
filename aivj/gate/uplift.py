"""How much better the weighted picks are than the shuffled ones."""

from collections.abc import Collection, Sequence

import numpy as np

from aivj.contracts.uplift import PickDistribution, Uplift
from aivj.statistics import NUM_RESAMPLES, TOP_SHARE, Values, floor_percentile, interval95

MIN_SAMPLES = 50
"""Fewest picks of an arm that may be compared."""


def measure_uplift(
    weighted: Sequence[tuple[int, float]],
    shuffle: Sequence[tuple[int, float]],
    pack_scores: Collection[float],
    *,
    seed: int,
) -> Uplift:
    """Compares two arms, each a sequence of (pair, quality01), none of them empty.

    The interval is the percentile bootstrap's: both arms are drawn again 2,000 times, with
    replacement and each on its own.

    Args:
        weighted: Picks of the weighted arm.
        shuffle: Picks of the shuffled arm.
        pack_scores: Scores of all scored pairs of the pack.
        seed: Seed of the bootstrap.
    """
    threshold = floor_percentile(pack_scores, TOP_SHARE)
    ours = _distribution(weighted, threshold)
    theirs = _distribution(shuffle, threshold)
    rng = np.random.Generator(np.random.PCG64(seed))
    differences = _resampled_means(weighted, rng) - _resampled_means(shuffle, rng)
    low95, high95 = interval95(differences)
    return Uplift(
        mean=ours.avg_quality - theirs.avg_quality,
        low95=low95,
        high95=high95,
        ratio=ours.avg_quality / theirs.avg_quality if theirs.avg_quality else None,
        top20_threshold=threshold,
        weighted=ours,
        shuffle=theirs,
    )


def _distribution(picks: Sequence[tuple[int, float]], threshold: float) -> PickDistribution:
    scores = [score for _, score in picks]
    return PickDistribution(
        samples=len(picks),
        unique_pairs=len({pair for pair, _ in picks}),
        avg_quality=float(np.mean(scores)),
        p50=floor_percentile(scores, 0.5),
        p90=floor_percentile(scores, 0.9),
        top20_hit_rate=sum(score >= threshold for score in scores) / len(scores),
    )


def _resampled_means(picks: Sequence[tuple[int, float]], rng: np.random.Generator) -> Values:
    scores = np.array([score for _, score in picks])
    return np.asarray(rng.choice(scores, (NUM_RESAMPLES, len(scores))).mean(axis=1))
