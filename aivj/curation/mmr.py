"""Quality against variety by maximal marginal relevance."""

import numpy as np

from aivj.curation.candidates import Candidates, Places, Uses


def choose_mmr(candidates: Candidates, *, num: int, max_uses: int, variety: float) -> Places:
    """Chooses one candidate after another, each good and unlike the most similar one before it.

    The next is the one with the highest `(1 - variety) * quality01 - variety * likeness`, where
    likeness is its highest cosine with a chosen one: Carbonell and Goldstein, "The Use of MMR,
    Diversity-Based Reranking for Reordering Documents and Producing Summaries" (1998). Of equal
    ones the first.

    Args:
        candidates: What may be chosen.
        num: How many, at most.
        max_uses: How often a preset is used, in front and behind together, at most.
        variety: 0 for quality alone to 1 for variety alone.

    Returns:
        Their places, in the order of the choice; fewer than `num` where the presets are used up.
    """
    uses = Uses(candidates, max_uses)
    likeness = np.full(len(candidates), -1.0)
    chosen: list[int] = []
    while len(chosen) < num and uses.is_open.any():
        worth = (1 - variety) * candidates.quality01 - variety * likeness
        place = int(np.argmax(np.where(uses.is_open, worth, -np.inf)))
        chosen.append(place)
        uses.take(place)
        np.maximum(likeness, candidates.likeness(place), out=likeness)
    return np.array(chosen, np.int64)
