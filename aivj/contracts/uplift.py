"""How much better weighted picks are than shuffled ones, as reports and comparisons tell it."""

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel


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
