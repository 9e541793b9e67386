"""The best and most varied pairs of a pool of layers, beside pairs of it at random."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aivj.curation.candidates import Candidates, Floats, Looks, Places
from aivj.curation.choosing import Choosing, choose
from aivj.curation.floors import Sifted, sift
from aivj.curation.glance import Target
from aivj.curation.layer_pool import LayerPool, Progress, unheard
from aivj.curation.looks import Whitening
from aivj.curation.measured_pairs import MeasuredPairs
from aivj.curation.random_pairing import random_pairs
from aivj.curation.vendi import NUM_COMPARED, vendi_score

_NUM_REFERENCES = 2000

Quality = Callable[[Places, Floats], Floats]
"""Says how good pairs are, 0 to 1, from their layers [N, 2] and what the target says of them."""


@dataclass(frozen=True)
class PairSet:
    """Some pairs of a pool, N of them.

    Attributes:
        pairs: Numbers of the layers, foreground first, int64 of shape [N, 2].
        measured: Their figures.
        target01: What they are worth as measured, 0 to 1, shape [N].
        looks: What they look like, unit vectors of shape [N, D].
    """

    pairs: Places
    measured: MeasuredPairs
    target01: Floats
    looks: Looks

    @property
    def unsafe_share(self) -> float:
        """Share of pairs with more than three flashes in a second."""
        return float(self.measured.flash_unsafe.mean())

    @property
    def vendi(self) -> float:
        """Vendi score of the first 200, or of all if there are fewer."""
        return vendi_score(self.looks[:NUM_COMPARED])

    def num_uses(self, num_layers: int) -> Places:
        """Returns how often each layer of the pool is used, shape [num_layers]."""
        return np.bincount(self.pairs.ravel(), minlength=num_layers)


@dataclass(frozen=True)
class BestPairs:
    """What was chosen, and what of.

    Attributes:
        chosen: In the order of the choice; may be none.
        at_random: As many pairs of the same layers, drawn as `aivj pack` draws them.
        sifted: Which measured pairs might be chosen.
        num_measured: How many were measured.
    """

    chosen: PairSet
    at_random: PairSet
    sifted: Sifted
    num_measured: int


def best_pairs(
    pool: LayerPool,
    how: Choosing,
    *,
    target: Target,
    quality: Quality,
    seed: int,
    num_measured: int,
    on_progress: Progress = unheard,
) -> BestPairs:
    """Chooses pairs among all that two different layers make.

    Args:
        pool: At least two layers.
        how: How pairs are chosen.
        target: What a measured pair is worth.
        quality: What pairs are chosen by.
        seed: Decides the pairs at random, and by what the looks of pairs are told apart.
        num_measured: Pairs that are measured at most.
        on_progress: Told how many of how many pairs are measured.
    """
    reference = random_pairs(len(pool), min(_NUM_REFERENCES, len(pool) ** 2), seed)
    whitening = Whitening.of(pool.describe(reference))

    def seen(pairs: Places, measured: MeasuredPairs) -> PairSet:
        return PairSet(pairs, measured, target(measured), whitening.looks(pool.describe(pairs)))

    pairs = pool.promising_pairs(num_measured, target, seed)
    measured = pool.measure(pairs, on_progress)
    sifted = sift(measured)
    sound = seen(pairs[sifted.is_sound], measured.at(sifted.is_sound))
    candidates = Candidates(
        sound.pairs[:, 0], sound.pairs[:, 1], quality(sound.pairs, sound.target01), sound.looks
    )
    places = choose(candidates, how)
    chosen = PairSet(
        sound.pairs[places], sound.measured.at(places), sound.target01[places], sound.looks[places]
    )
    drawn = random_pairs(len(pool), max(1, len(places)), seed)
    return BestPairs(chosen, seen(drawn, pool.measure(drawn)), sifted, len(pairs))
