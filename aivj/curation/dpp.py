"""Quality against variety by a determinantal point process, its likeliest set found greedily."""

import numpy as np

from aivj.curation.candidates import Candidates, Floats, Places, Uses

_KERNEL_WIDTH = 0.5
_LEAST_GAIN = 1e-10


def choose_dpp(candidates: Candidates, *, num: int, max_uses: int, variety: float) -> Places:
    """Chooses the candidates that add most to a set's quality and volume.

    A set Y is worth `(1 - variety) * sum of quality01 + variety * log det S_Y`: that is a DPP whose
    kernel has the quality on both sides. S is a Gaussian kernel of the unit vectors,
    `exp((cosine - 1) / 0.5)`; the cosines themselves have the rank of the vectors, and no more than
    so many candidates would have a volume. The next is the one that adds most, found with
    incremental Cholesky factors: Chen, Zhang and Zhou, "Fast Greedy MAP Inference for
    Determinantal Point Process to Improve Recommendation Diversity" (2018). Of equal ones the
    first.

    Arguments and result are those of `choose_mmr`.
    """
    uses = Uses(candidates, max_uses)
    factors = np.zeros((min(num, len(candidates)), len(candidates)))
    gain: Floats = np.ones(len(candidates))
    chosen: list[int] = []
    while len(chosen) < num and uses.is_open.any():
        worth = (1 - variety) * candidates.quality01 + variety * np.log(gain)
        place = int(np.argmax(np.where(uses.is_open, worth, -np.inf)))
        before = factors[: len(chosen)]
        kernel = np.exp((candidates.likeness(place) - 1) / _KERNEL_WIDTH)
        factor = (kernel - before[:, place] @ before) / np.sqrt(gain[place])
        factors[len(chosen)] = factor
        gain = np.maximum(gain - np.square(factor), _LEAST_GAIN)
        chosen.append(place)
        uses.take(place)
    return np.array(chosen, np.int64)
