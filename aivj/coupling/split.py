"""Held-out rows whose presets training never sees.

A preset in both parts would let a net be praised for its memory. Labelled pairs that share a
preset therefore stay together, and rows that join a held-out preset with a training one (many
synthetic negatives do) belong to neither part.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aivj.coupling.training_set import IntArray, Source, TrainingSet

BoolArray = npt.NDArray[np.bool_]

# A group of pairs that would make the held-out part this many times its share is left in training.
MAX_OVERSHOOT = 2


@dataclass(frozen=True)
class Split:
    """Rows for training and rows held out; both are [N] masks and never overlap."""

    train: BoolArray
    held_out: BoolArray


def split_by_preset(training_set: TrainingSet, *, share: float, seed: int) -> Split:
    """Holds out about `share` of the labelled pairs, by the content of their presets.

    Depends on content, seed and share alone, not on the order of rows. Nothing is held out when
    the labelled pairs hang together so much that no group of them is small enough.
    """
    presets = _held_out_presets(training_set, share=share, seed=seed)
    fg, bg = presets[training_set.fg_index], presets[training_set.bg_index]
    return Split(train=~fg & ~bg, held_out=fg & bg)


def _held_out_presets(training_set: TrainingSet, *, share: float, seed: int) -> BoolArray:
    """Chooses presets group by group in a seeded order; lone presets by the same lot."""
    labelled = training_set.source != Source.NEGATIVE
    group = _groups(
        len(training_set.preset_hashes),
        training_set.fg_index[labelled],
        training_set.bg_index[labelled],
    )
    num_rows = np.bincount(group[training_set.fg_index[labelled]], minlength=len(group))
    members = defaultdict(list)
    for preset, root in enumerate(group):
        members[int(root)].append(training_set.preset_hashes[preset])
    lot = {root: _lot(min(hashes), seed) for root, hashes in members.items()}

    wanted = share * np.count_nonzero(labelled)
    num_taken = 0
    chosen = np.zeros(len(group), dtype=np.bool_)
    for root in sorted(lot, key=lot.__getitem__):
        if num_rows[root] == 0:
            chosen[root] = lot[root] < share
        elif num_taken < wanted and num_taken + num_rows[root] <= MAX_OVERSHOOT * wanted:
            chosen[root] = True
            num_taken += int(num_rows[root])
    return chosen[group]


def _groups(num_presets: int, fg_index: IntArray, bg_index: IntArray) -> IntArray:
    """Returns for each preset the representative of the presets it is joined to by pairs."""
    parent = list(range(num_presets))

    def root_of(preset: int) -> int:
        while parent[preset] != preset:
            parent[preset] = parent[parent[preset]]
            preset = parent[preset]
        return preset

    for fg, bg in zip(fg_index.tolist(), bg_index.tolist(), strict=True):
        parent[root_of(fg)] = root_of(bg)
    return np.array([root_of(preset) for preset in range(num_presets)], dtype=np.int64)


def _lot(content_hash: str, seed: int) -> float:
    """Draws a number in [0, 1) that only the content and the seed decide."""
    digest = hashlib.sha256(f"{seed}:{content_hash}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
