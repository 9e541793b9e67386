"""Ids of clusters, `c01`, `c02`, ...: a group of presets keeps its own when clustered again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

_MIN_DIGITS = 2


def cluster_ids(num_clusters: int) -> list[str]:
    """Returns ids for clusters that nobody has seen before."""
    num_digits = max(_MIN_DIGITS, len(str(num_clusters)))
    return [f"c{number:0{num_digits}}" for number in range(1, num_clusters + 1)]


def kept_ids(
    labels: Sequence[int], presets: Sequence[str], before: Mapping[str, str], num_clusters: int
) -> list[str]:
    """Returns ids for clusters, as many as possible of the presets under the id they had before.

    Clusters and ids are assigned so that the number of presets that keep their id is largest
    (Kuhn, The Hungarian method for the assignment problem, 1955). A cluster that takes over no
    preset gets an id that was not there before.

    Args:
        labels: Cluster of each preset, from 0.
        presets: Their ids.
        before: What they were assigned to; presets that are not there any more do not matter.
        num_clusters: How many there are now.
    """
    from scipy import optimize

    names = sorted(set(before.values()))
    fresh = _unused(set(names), num_clusters)
    if not names:
        return [next(fresh) for _ in range(num_clusters)]
    place_of = {name: place for place, name in enumerate(names)}
    num_shared = np.zeros((num_clusters, len(names)), np.int64)
    for label, preset in zip(labels, presets, strict=True):
        if preset in before:
            num_shared[label, place_of[before[preset]]] += 1
    solver: Any = optimize  # scipy is not typed
    rows, columns = solver.linear_sum_assignment(num_shared, maximize=True)
    kept = {
        int(row): names[column]
        for row, column in zip(rows, columns, strict=True)
        if num_shared[row, column]
    }
    return [kept.get(cluster) or next(fresh) for cluster in range(num_clusters)]


def _unused(taken: set[str], num_clusters: int) -> Iterator[str]:
    num_digits = max(_MIN_DIGITS, len(str(num_clusters)))
    names = (f"c{number:0{num_digits}}" for number in count(1))
    return (name for name in names if name not in taken)
