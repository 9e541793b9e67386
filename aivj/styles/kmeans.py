"""k-means on vectors of presets: the same vectors, K and seed give the same clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.errors import InputError

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

MAX_K = 1024
MIN_PER_CLUSTER = 20
"""Presets a cluster on average, below which K is said to be large: the plan begins at 32 or 64."""

_NUM_FEW = 20_000
_NUM_STARTS = 8
_MAX_ROUNDS = 100


@dataclass(frozen=True, eq=False)
class KMeansResult:
    """Clusters, numbered by falling size.

    Attributes:
        labels: [N] cluster of each row.
        centres: [K, D] their means.
        distances: [N] of each row from the centre of its cluster.
    """

    labels: Labels
    centres: Vectors
    distances: NDArray[np.float64]

    def nearest(self, cluster: int, num: int) -> list[int]:
        """Returns the rows of a cluster that are nearest its centre, the nearest first."""
        members = np.flatnonzero(self.labels == cluster)
        order = np.argsort(self.distances[members], kind="stable")[:num]
        return [int(place) for place in members[order]]


def kmeans(vectors: Vectors, k: int, *, seed: int = 0) -> KMeansResult:
    """Clusters vectors by Lloyd's algorithm, begun by k-means++ (Arthur and Vassilvitskii, 2007).

    Of few vectors the best of several starts is taken.

    Args:
        vectors: [N, D], finite.
        k: How many clusters.
        seed: Where it begins.

    Raises:
        InputError: There are fewer different vectors than clusters.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    require_fitting_k(vectors, k)
    model = KMeans(
        k,
        n_init=_NUM_STARTS if len(vectors) <= _NUM_FEW else 1,
        max_iter=_MAX_ROUNDS,
        random_state=seed,
    )
    # The order of sums, and with it the last bits, depends on the number of threads.
    with threadpool_limits(1):
        labels = model.fit_predict(vectors)
    sizes = np.bincount(labels, minlength=k)
    order = np.argsort(-sizes, kind="stable")
    number_of = np.argsort(order)
    labels, centres = number_of[labels], model.cluster_centers_[order].astype(np.float32)
    distances = np.linalg.norm(vectors - centres[labels], axis=1).astype(np.float64)
    return KMeansResult(labels.astype(np.int64), centres, distances)


def require_fitting_k(vectors: Vectors, k: int) -> None:
    """Checks that there are as many different vectors as clusters are asked for.

    Raises:
        InputError: There are not.
    """
    num_different = len({row.tobytes() for row in vectors})
    if num_different < k:
        fewer = max(min(2, num_different), num_different // MIN_PER_CLUSTER)
        raise InputError(
            f"at least {k} presets that differ, to make {k} clusters of them",
            f"{num_different}",
            f"ask for fewer: --k {fewer}, for example",
        )


def grouped(vectors: Vectors, labels: Labels, num_groups: int) -> KMeansResult:
    """Returns groups that are given as clusters are: with their centres, and distances from them.

    Args:
        vectors: [N, D], finite.
        labels: [N] group of each, from 0; no group is empty.
        num_groups: How many there are.
    """
    members = np.zeros((num_groups, len(vectors)), np.float32)
    members[labels, np.arange(len(vectors))] = 1
    centres = (members @ vectors) / members.sum(axis=1, keepdims=True)
    distances = np.linalg.norm(vectors - centres[labels], axis=1).astype(np.float64)
    return KMeansResult(labels, centres.astype(np.float32), distances)
