"""Held-out rows whose preset families training never sees.

People remix their own presets and each other's, so a family (one author's presets, remixes of one
title, near-duplicates) with members on both sides of a split lets a net be praised for its memory.
Families are therefore held out whole. Rows that join a held-out family with another one (most
pairs of a randomly paired pack, and most synthetic negatives) belong to neither part.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from aivj.coupling.training_set import BoolArray, IntArray, TrainingSet

NUM_COMPARED_LAYERS = 4


@dataclass(frozen=True)
class Split:
    """What is trained on and what is held out; the two never overlap.

    Attributes:
        train: [N] rows of the training set to train on.
        held_out: [N] rows held out.
        train_comparisons: [C] comparisons to train on.
        held_out_comparisons: [C] comparisons held out.
        held_out_presets: [P] presets of held-out families.
    """

    train: BoolArray
    held_out: BoolArray
    train_comparisons: BoolArray
    held_out_comparisons: BoolArray
    held_out_presets: BoolArray


def split_by_family(training_set: TrainingSet, *, share: float, seed: int) -> Split:
    """Holds out families that make up about `share` of the presets.

    Depends on content, seed and share alone, not on the order of rows. A share of 0 holds out
    nothing.
    """
    presets = np.zeros(len(training_set.preset_hashes), dtype=np.bool_)
    wanted = share * len(presets)
    for members in _families(training_set, seed):
        # A large family is taken if that comes closer to the share than leaving it.
        if np.count_nonzero(presets) + len(members) / 2 <= wanted:
            presets[members] = True
    return _split(training_set, presets)


def fold_splits(training_set: TrainingSet, *, num_folds: int, seed: int) -> list[Split]:
    """Deals the families into folds of about equal size and holds out each fold in turn."""
    sizes = np.zeros(num_folds, dtype=np.int64)
    fold = np.zeros(len(training_set.preset_hashes), dtype=np.int64)
    # Large families first, into the emptiest fold; the seed decides among families of one size.
    for members in sorted(_families(training_set, seed), key=len, reverse=True):
        emptiest = int(sizes.argmin())
        fold[members] = emptiest
        sizes[emptiest] += len(members)
    return [_split(training_set, fold == number) for number in range(num_folds)]


def _split(training_set: TrainingSet, presets: BoolArray) -> Split:
    fg, bg = presets[training_set.fg_index], presets[training_set.bg_index]
    num_out = sum(presets[index].astype(np.int64) for index in training_set.comparisons.layers)
    return Split(
        train=~fg & ~bg,
        held_out=fg & bg,
        train_comparisons=np.equal(num_out, 0),
        held_out_comparisons=np.equal(num_out, NUM_COMPARED_LAYERS),
        held_out_presets=presets,
    )


def _families(training_set: TrainingSet, seed: int) -> list[IntArray]:
    """Returns the members of each family, in an order that content and seed decide."""
    members: dict[int, list[int]] = defaultdict(list)
    for preset, family in enumerate(training_set.preset_families.tolist()):
        members[family].append(preset)
    hashes = training_set.preset_hashes
    lots = {
        family: _lot(min(hashes[preset] for preset in presets), seed)
        for family, presets in members.items()
    }
    return [
        np.array(members[family], dtype=np.int64) for family in sorted(lots, key=lots.__getitem__)
    ]


def _lot(content_hash: str, seed: int) -> str:
    """Returns what only the content and the seed decide, to sort by."""
    return hashlib.sha256(f"{seed}:{content_hash}".encode()).hexdigest()
