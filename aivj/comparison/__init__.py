"""Two files of scores on the same labels: which one is better, and how sure that is."""

from aivj.comparison.judging import Match, compare, match
from aivj.comparison.labels import Labels, elite_of, judgements_of
from aivj.comparison.sides import ScoredSide, scored_side

__all__ = [
    "Labels",
    "Match",
    "ScoredSide",
    "compare",
    "elite_of",
    "judgements_of",
    "match",
    "scored_side",
]
