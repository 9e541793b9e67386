"""How much better the weighted picks are than the shuffled ones."""

from collections.abc import Collection, Sequence

import numpy as np

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel
from aivj.gate.percentile import floor_percentile

MIN_SAMPLES = 50
"""Fewest picks of an arm that may be compared."""

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

    @property
    def num_samples(self) -> int:
        """Picks of the arm that has fewer."""
        return min(self.weighted.samples, self.shuffle.samples)

    @property
    def positive(self) -> bool:
        """Whether weighted picks are better: by the interval, and in hits of the best fifth."""
        is_higher = min(self.mean, self.low95) > 0
        return is_higher and self.weighted.top20_hit_rate > self.shuffle.top20_hit_rate

    @property
    def figures(self) -> str:
        """The means, their difference with its interval, and the hits in the best fifth."""
        return (
            f"weighted {self.weighted.avg_quality:.4f}, shuffle {self.shuffle.avg_quality:.4f}, "
            f"uplift {self.mean:+.4f} (95 %: {self.low95:+.4f} to {self.high95:+.4f}), best fifth "
            f"hit by {self.weighted.top20_hit_rate:.1%} and {self.shuffle.top20_hit_rate:.1%}"
        )


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
    threshold = floor_percentile(pack_scores, _TOP_SHARE)
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
        p50=floor_percentile(scores, 0.5),
        p90=floor_percentile(scores, 0.9),
        top20_hit_rate=sum(score >= threshold for score in scores) / len(scores),
    )


def _resampled_means(
    picks: Sequence[tuple[int, float]], rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    scores = np.array([score for _, score in picks])
    means: np.ndarray[tuple[int], np.dtype[np.float64]] = rng.choice(
        scores, (_RESAMPLES, len(scores))
    ).mean(axis=1)
    return means
