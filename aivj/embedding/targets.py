"""What is learned: the cluster that each preset is in, and which presets are held out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.errors import InputError, NoContrastError

MIN_CLASSES = 2


@dataclass(frozen=True)
class Targets:
    """Presets that are in a cluster.

    Attributes:
        classes: The clusters, sorted.
        places: Where the presets stand among the ids that were asked about, shape [num].
        labels: Place of each one's cluster among `classes`, shape [num].
        held_out: Which are kept from learning, shape [num].
    """

    classes: tuple[str, ...]
    places: NDArray[np.int64]
    labels: NDArray[np.int64]
    held_out: NDArray[np.bool_]

    @property
    def majority_share(self) -> float:
        """Share of the held-out presets that always naming the largest cluster is right about."""
        counts = np.bincount(self.labels[~self.held_out], minlength=len(self.classes))
        tested = self.labels[self.held_out]
        return float((tested == counts.argmax()).mean()) if len(tested) else 0.0


def targets_of(
    ids: Sequence[str], assignments: Mapping[str, str], *, held_out_share: float, seed: int
) -> Targets:
    """Looks up the clusters of presets, and holds some of each cluster out.

    Args:
        ids: Presets.
        assignments: Cluster of each preset, by its id; presets without one are left out.
        held_out_share: Of each cluster, rounded; one preset of it at least is learned from.
        seed: Decides which.

    Raises:
        InputError: None of the presets is in a cluster.
        NoContrastError: All are in one.
    """
    places = np.array([at for at, each in enumerate(ids) if each in assignments], np.int64)
    if not len(places):
        raise InputError(
            f"clusters of {len(ids)} presets",
            f"{len(assignments)} assignments, none of them of these",
            "cluster the embeddings of this very pack",
        )
    names = [assignments[ids[at]] for at in places]
    classes = tuple(sorted(Counter(names)))
    if len(classes) < MIN_CLASSES:
        raise NoContrastError(
            f"presets of {MIN_CLASSES} clusters or more", f"all in {classes[0]}", "cluster anew"
        )
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers[name] for name in names], np.int64)
    held_out = np.zeros(len(labels), bool)
    chance = np.random.default_rng(seed)
    for number in range(len(classes)):
        members = chance.permutation(np.flatnonzero(labels == number))
        num_held = min(round(held_out_share * len(members)), len(members) - 1)
        held_out[members[:num_held]] = True
    return Targets(classes, places, labels, held_out)
