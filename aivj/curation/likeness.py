"""How alike pictures are, on a scale that no pack decides.

`Whitening` tells pictures apart by what usual pairs of the same presets have: it chooses well
within a pack, and finds variety in thousands of the same dark line. Here each kind of figure has a
width of its own, once for all: about half of how far two pictures of unlike presets are apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.curation.candidates import Floats, Places

Singles = NDArray[np.float32]

# Colour, layout, motion, fineness: columns of `describe`, and the width of each. That is half the
# median distance of 4,000 random couples among pairs of 1,297 presets of projectm-data, rounded.
_KINDS = ((0, 64, 0.5), (64, 112, 1.0), (112, 124, 0.7), (124, 144, 1.6))

MIN_SAME_LOOK = 0.9
"""From this likeness on two pictures are the same look: of random couples 3 in 100,000 are."""

_AT_A_TIME = 512


def likeness(one: Floats, other: Floats) -> Singles:
    """Returns how alike descriptions are, 0 to 1: the mean of a Gaussian kernel for each kind.

    As a sum of kernels it is one: positive semi-definite, and 1 for equal descriptions.

    Args:
        one: Descriptions, see `aivj.curation.looks.describe`; shape [N, 144].
        other: The same, [M, 144].

    Returns:
        Float32 of shape [N, M].
    """
    total = np.zeros((len(one), len(other)), np.float32)
    for start, end, width in _KINDS:
        left, right = (np.asarray(part[:, start:end] / width, np.float32) for part in (one, other))
        squares = (left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * (left @ right.T)
        total += np.exp(np.maximum(squares, 0) / -2)
    return np.asarray(total / len(_KINDS))


@dataclass(frozen=True)
class LookGroup:
    """Pictures of one look.

    Attributes:
        leader: The one that the others are like.
        members: All of them, the leader first.
    """

    leader: int
    members: Sequence[int]


def look_groups(descriptions: Floats) -> list[LookGroup]:
    """Groups pictures by looks, the largest group first.

    Each picture joins the leader that it is most like, if it is like one; else it leads a group.
    So all of a group look like its leader: no chain of small steps joins what is unlike.

    Args:
        descriptions: Shape [N, 144].
    """
    members: list[list[int]] = []
    for start in range(0, len(descriptions), _AT_A_TIME):
        block = descriptions[start : start + _AT_A_TIME]
        leaders = np.array([group[0] for group in members], np.int64)
        known = likeness(block, descriptions[leaders])
        within = likeness(block, block)
        num_known = len(members)
        for place in range(len(block)):
            fresh = [group[0] - start for group in members[num_known:]]
            near = np.concatenate([known[place], within[place, fresh]])
            best = int(near.argmax()) if len(near) else -1
            if best >= 0 and near[best] >= MIN_SAME_LOOK:
                members[best].append(start + place)
            else:
                members.append([start + place])
    ordered = sorted(members, key=lambda group: (-len(group), group[0]))
    return [LookGroup(group[0], tuple(group)) for group in ordered]


def draws(num: int, size: int, num_draws: int, seed: int) -> Places:
    """Returns `num_draws` draws of `size` out of `num` things, none twice in a draw."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return np.stack([rng.permutation(num)[:size] for _ in range(num_draws)])
