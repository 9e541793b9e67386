"""Which pairs are visited, in which order. A seed gives the same picks, however often broken off.

The picks of a run are the beginning of an endless stream, up to where its target is met. What was
done before is taken out of it, so that a resumed run visits what an unbroken one would have.
"""

import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from aivj.contracts.pick_weights import pick_weight

PickMode = Literal["shuffle", "random", "weighted"]


@dataclass(frozen=True)
class Picking:
    """How the next pair is chosen.

    `shuffle` visits each pair once before any again, `random` draws evenly, `weighted` draws better
    scored pairs more often; how weights are made of the rest, see `pick_weight`.
    """

    mode: Annotated[PickMode, Field(description="Order of the pairs.")] = "shuffle"
    gamma: Annotated[float, Field(ge=0, description="Weighted: preference for better scores.")] = (
        1.0
    )
    explore: Annotated[
        float, Field(ge=0, le=1, description="Weighted: share that ignores scores.")
    ] = 0.0
    dedup_n: Annotated[
        int, Field(ge=0, description="Weighted: last picks that are drawn less.")
    ] = 0
    dedup_penalty: Annotated[float, Field(ge=0, le=1, description="Weighted: how much less.")] = 0.0


@dataclass(frozen=True)
class Target:
    """When enough was visited: so many picks, or so many different pairs."""

    num_samples: int | None
    num_unique: int


@dataclass(frozen=True)
class Pick:
    """One visit of a pair; `iteration` counts from 0."""

    iteration: int
    pair: int


def num_to_cover(num_pairs: int, target_coverage: float) -> int:
    """Returns how many pairs make the coverage: the ceiling of their product."""
    return math.ceil(num_pairs * target_coverage)


def picks(
    pairs: Sequence[int], picking: Picking, quality01: Mapping[int, float], seed: int
) -> Iterator[int]:
    """Yields pair ids without end, whatever order `pairs` come in; none if there are none.

    Args:
        pairs: The pack's pair ids.
        picking: How to choose.
        quality01: Scores, 0 to 1, for `weighted`; pairs without one count as in the runtime.
        seed: Decides the stream.
    """
    ordered = sorted(pairs)
    random = np.random.default_rng(seed)
    if not ordered:
        return iter(())
    if picking.mode == "shuffle":
        return (ordered[i] for _ in count() for i in random.permutation(len(ordered)))
    if picking.mode == "random":
        return (ordered[random.integers(len(ordered))] for _ in count())
    return _weighted(ordered, picking, quality01, random)


def remaining(stream: Iterator[int], target: Target, done: Mapping[int, int]) -> Iterator[Pick]:
    """Yields the picks of `stream` up to `target`, less those that were done before.

    Args:
        stream: From `picks`.
        target: Where the stream is cut.
        done: How often each pair was visited already.
    """
    owed = Counter(done)
    seen: set[int] = set()
    for iteration in count():
        if _is_met(target, iteration, len(seen)):
            return
        pair = next(stream, None)
        if pair is None:
            return
        seen.add(pair)
        if owed[pair] > 0:
            owed[pair] -= 1
        else:
            yield Pick(iteration, pair)


def _is_met(target: Target, num_picked: int, num_unique: int) -> bool:
    if target.num_samples is not None:
        return num_picked >= target.num_samples
    return num_unique >= target.num_unique


def _weighted(
    ordered: Sequence[int],
    picking: Picking,
    quality01: Mapping[int, float],
    random: np.random.Generator,
) -> Iterator[int]:
    base = np.array(
        [pick_weight(quality01.get(pair), picking.gamma, picking.explore) for pair in ordered]
    )
    last: deque[int] = deque(maxlen=picking.dedup_n)
    while True:
        weights = base.copy()
        weights[list(set(last))] *= 1 - min(max(picking.dedup_penalty, 0.0), 1.0)
        total = weights.sum()
        shares = weights / total if total > 0 else np.full(len(ordered), 1 / len(ordered))
        index = int(random.choice(len(ordered), p=shares))
        last.append(index)
        yield ordered[index]
