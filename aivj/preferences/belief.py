"""What judgements let one believe of a pack's pairs, and which couple to ask about next."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from aivj.contracts.preferences import Preference
from aivj.preferences.bradley_terry import Comparisons, Prior, fit_strengths
from aivj.preferences.choice import choose_couple

_CERTAINTY_PAIRS = 48


@dataclass(frozen=True)
class Couple:
    """Ids of the pairs on the left and on the right."""

    left: int
    right: int

    @property
    def pairs(self) -> frozenset[int]:
        """Both ids."""
        return frozenset({self.left, self.right})


class Belief:
    """The strengths of a pack's pairs, as its judgements have it.

    Args:
        pairs: Ids of all pairs.
        prior: What is believed without any judgement, in the order of `pairs`.
        seed: Same seed, same choices.
    """

    def __init__(self, pairs: Sequence[int], prior: Prior, seed: int) -> None:
        self._pairs = list(pairs)
        self._prior = prior
        self._seed = seed
        self._index = {pair: index for index, pair in enumerate(pairs)}
        self.learn(())

    def learn(self, rows: Sequence[Preference]) -> None:
        """Believes what `rows` say, and only that: judgements of the pack's pairs alone."""
        self._comparisons = Comparisons(
            winners=self._indices(row.winner.pair for row in rows),
            losers=self._indices(row.loser.pair for row in rows),
            points=np.array([0.5 if row.tie else 1.0 for row in rows]),
        )
        self._strengths = fit_strengths(self._comparisons, self._prior)

    def next_couple(
        self,
        number: int,
        *,
        skipped: Iterable[int],
        left_out: AbstractSet[int],
        just_shown: AbstractSet[int],
    ) -> Couple | None:
        """Returns the couple whose comparison is expected to teach the most.

        Args:
            number: How many couples were shown before.
            skipped: Pairs that were seen without a judgement, once for each time.
            left_out: Pairs that shall not be shown.
            just_shown: Pairs that shall rest now.

        Returns:
            The couple; None if fewer than two pairs are left.
        """
        seen = [self._comparisons.winners, self._comparisons.losers, self._indices(skipped)]
        chosen = choose_couple(
            self._strengths,
            np.bincount(np.concatenate(seen), minlength=len(self._pairs)),
            usable=self._indices(pair for pair in self._pairs if pair not in left_out),
            just_shown={self._index[pair] for pair in just_shown},
            random=np.random.default_rng([self._seed, number]),
        )
        return chosen and Couple(*(self._pairs[index] for index in chosen))

    def ranking(self) -> list[int]:
        """Returns the ids of the pairs that were compared, the best first."""
        compared = {*self._comparisons.winners.tolist(), *self._comparisons.losers.tolist()}
        order = np.argsort(-self._strengths.mean, kind="stable").tolist()
        return [self._pairs[index] for index in order if index in compared]

    def ranks01(self) -> dict[int, float]:
        """Returns how surely each compared pair is better than another one, 0 to 1.

        That is the probability that it is stronger than one of the other compared pairs, drawn at
        random: near 0.5 while little is known, whatever the few judgements say.
        """
        compared = np.union1d(self._comparisons.winners, self._comparisons.losers)
        mean, variance = self._strengths.differences(compared)
        np.fill_diagonal(variance, 1)  # Nothing is better than itself: the mean is 0 there.
        certain = ndtr(mean / np.sqrt(variance))
        np.fill_diagonal(certain, 0)
        ranks = certain.sum(axis=1) / max(1, len(compared) - 1)
        return {
            self._pairs[index]: rank
            for index, rank in zip(compared.tolist(), ranks.tolist(), strict=True)
        }

    def order_certainty01(self) -> float:
        """Returns how sure the order is, 0.5 to 1; see `Strengths.order_certainty01`.

        Of a large pack that is the certainty of some pairs, always the same.
        """
        shuffled = np.random.default_rng(self._seed).permutation(len(self._pairs))
        return self._strengths.order_certainty01(shuffled[:_CERTAINTY_PAIRS])

    def _indices(self, pairs: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.array([self._index[pair] for pair in pairs], dtype=np.intp)
