"""How much better the weighted picks are than the shuffled ones."""

from collections.abc import Collection, Sequence

import numpy as np

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel

_RESAMPLES = 2000
_INTERVAL_PERCENT = (2.5, 97.5)
_TOP_SHARE = 0.8


class PickDistribution(ContractModel):
    """Quality of the picks of one arm, 0 to 1.

    Attributes:
        samples: Number of picks.
        unique_pairs: Different pairs among them.
        avg_quality: Mean.
        p50: Median: the lower of the two middle values.
        p90: 90th percentile: the value at position `floor((n - 1) * 0.9)`.
        top20_hit_rate: Share of picks whose quality reaches that of the best fifth of the pack.
    """

    samples: Count
    unique_pairs: Count
    avg_quality: Number
    p50: Number
    p90: Number
    top20_hit_rate: Number


class Uplift(ContractModel):
    """Mean quality of the weighted picks above that of the shuffled ones.

    Attributes:
        mean: Difference of the means.
        low95: Lower end of its 95 % interval.
        high95: Upper end.
        ratio: Weighted mean over shuffled mean; None if the latter is 0.
        top20_threshold: Quality from which a pair belongs to the best fifth of the pack.
        weighted: The weighted arm.
        shuffle: The shuffled arm.
    """

    mean: Number
    low95: Number
    high95: Number
    ratio: Number | None
    top20_threshold: Number
    weighted: PickDistribution
    shuffle: PickDistribution


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
    threshold = _percentile(pack_scores, _TOP_SHARE)
    ours = _distribution(weighted, threshold)
    theirs = _distribution(shuffle, threshold)
    rng = np.random.Generator(np.random.PCG64(seed))
    differences = _resampled_means(weighted, rng) - _resampled_means(shuffle, rng)
    low95, high95 = np.percentile(differences, _INTERVAL_PERCENT)
    return Uplift(
        mean=ours.avg_quality - theirs.avg_quality,
        low95=float(low95),
        high95=float(high95),
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
        p50=_percentile(scores, 0.5),
        p90=_percentile(scores, 0.9),
        top20_hit_rate=sum(score >= threshold for score in scores) / len(scores),
    )


def _percentile(scores: Collection[float], share: float) -> float:
    return sorted(scores)[int((len(scores) - 1) * share)]


def _resampled_means(
    picks: Sequence[tuple[int, float]], rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    scores = np.array([score for _, score in picks])
    means: np.ndarray[tuple[int], np.dtype[np.float64]] = rng.choice(
        scores, (_RESAMPLES, len(scores))
    ).mean(axis=1)
    return means
