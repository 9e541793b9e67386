"""What tells a cluster from the others, in words that people read: names that its code uses."""

import re
from collections.abc import Sequence

import numpy as np

from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.styles.kmeans import Labels
from aivj.styles.planes import Floats

NUM_TERMS = 8

MIN_SHARE = 0.03
"""Names that a smaller share of all presets use tell no cluster."""

_NUM_IN_LABEL = 3
_NAME = re.compile(r"([a-z_]+):([a-z_][a-z0-9_]{2,})")
_BLOCKS = {
    "per_frame_init_": "start",
    "per_frame_": "frame",
    "per_pixel_": "mesh",
    "wave_init": "wave",
    "wave_per_frame": "wave",
    "wave_per_point": "wave",
    "shape_init": "shape",
    "shape_per_frame": "shape",
    "warp_": "warp",
    "comp_": "comp",
}


def telling_terms(
    space: TermSpace, terms: TermTable, labels: Labels, num_clusters: int
) -> list[list[str]]:
    """Returns for each cluster the names that weigh more in its presets than in the others.

    Args:
        space: What terms weigh.
        terms: Terms of each preset.
        labels: Cluster of each.
        num_clusters: How many there are.

    Returns:
        Up to eight for each, the most telling first, for example `comp getblur1`.
    """
    said = [_spoken(term) for term in space.terms]
    places = [place for place, word in enumerate(said) if word is not None]
    words = [word for word in said if word is not None]
    if not words:
        return [[] for _ in range(num_clusters)]
    weighed = space.weigh(terms)[:, places]
    # What hardly anybody calls anything says nothing to people.
    usual = np.asarray((weighed > 0).mean(axis=0)).ravel() >= MIN_SHARE
    members = np.zeros((num_clusters, len(terms)))
    members[labels, np.arange(len(terms))] = 1
    sums = members @ weighed
    sizes = members.sum(axis=1, keepdims=True)
    inside = sums / np.maximum(sizes, 1)
    outside = (sums.sum(axis=0) - sums) / np.maximum(len(terms) - sizes, 1)
    excess = inside - outside
    return [_best(words, np.where(usual, row, 0)) for row in excess]


def cluster_label(terms: Sequence[str]) -> str:
    """Returns what a cluster is called that nobody has given a name."""
    return ", ".join(terms[:_NUM_IN_LABEL])


def _best(words: Sequence[str], excess: Floats) -> list[str]:
    found: list[str] = []
    seen: set[str] = set()
    for place in np.argsort(-excess, kind="stable"):
        if excess[place] <= 0 or len(found) == NUM_TERMS:
            break
        name = words[place].partition(" ")[2]
        if name not in seen:
            seen.add(name)
            found.append(words[place])
    return found


def _spoken(term: str) -> str | None:
    """Returns a term as people say it; None for one that is no single name."""
    match = _NAME.fullmatch(term)
    return f"{_BLOCKS[match[1]]} {match[2]}" if match and match[1] in _BLOCKS else None
