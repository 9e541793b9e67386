"""Every preset in one pair: a matching of presets of the highest summed quality."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined]  # untyped

from aivj.curation.candidates import Candidates, Floats, Places

_NONE = -1


def match_presets(candidates: Candidates) -> Places:
    """Pairs presets so that each is used once, as many as can be and as good as can be.

    An assignment of presets to presets (Crouse 2016, as SciPy has it) is a set of cycles, and the
    best of its kind; every other pair along a cycle uses each preset once, and only of an odd cycle
    is one left over. Those left over are assigned again until no two of them are a candidate.

    Needs memory and time for a square of the presets: 5,000 of them some 600 MB.

    Returns:
        Places of the chosen candidates, the best first.
    """
    presets, both = np.unique(
        np.concatenate([candidates.foreground, candidates.background]), return_inverse=True
    )
    front, behind = both.reshape(2, -1)
    best = _best_of_both_ways(candidates.quality01, front, behind, len(presets))
    chosen: list[int] = []
    left = np.arange(len(presets))
    while len(left):
        places = best[np.ix_(left, left)]
        matched = list(_matched(places, candidates.quality01))
        if not matched:
            break
        chosen += matched
        used = np.union1d(front[matched], behind[matched])
        left = np.setdiff1d(left, used)
    order = np.argsort(-candidates.quality01[chosen], kind="stable")
    return np.array(chosen, np.int64)[order]


def _best_of_both_ways(
    quality01: Floats, front: Places, behind: Places, num_presets: int
) -> Places:
    """Returns which candidate is the better one of two presets, [P, P], or `_NONE`."""
    best = np.full((num_presets, num_presets), _NONE, np.int64)
    ascending = np.argsort(quality01, kind="stable")
    for place in ascending.tolist():
        best[front[place], behind[place]] = best[behind[place], front[place]] = place
    return best


def _matched(places: Places, quality01: Floats) -> Iterator[int]:
    """Yields places of candidates of one assignment, no preset twice."""
    # One pair more is worth more than any gain in quality.
    weights = np.where(places == _NONE, 0.0, 1 + quality01[places])
    _, successors = linear_sum_assignment(weights, maximize=True)
    for cycle in _cycles(successors):
        steps = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        for step in _best_of_cycle([float(weights[step]) for step in steps]):
            place = int(places[steps[step]])
            if place != _NONE:
                yield place


def _cycles(successors: Places) -> Iterator[list[int]]:
    """Yields the cycles of a permutation that hold two numbers or more."""
    seen = np.zeros(len(successors), np.bool_)
    for start in range(len(successors)):
        cycle: list[int] = []
        here = start
        while not seen[here]:
            seen[here] = True
            cycle.append(here)
            here = int(successors[here])
        if len(cycle) > 1:
            yield cycle


def _best_of_cycle(weights: Sequence[float]) -> list[int]:
    """Returns which steps round a cycle to take, no two of them neighbours, for the largest sum."""
    without_last = _best_of_path(weights[:-1])
    without_first = [step + 1 for step in _best_of_path(weights[1:])]
    return max(
        (without_last, without_first), key=lambda taken: sum(weights[step] for step in taken)
    )


def _best_of_path(weights: Sequence[float]) -> list[int]:
    """Returns the same for steps along a path."""
    sums = [0.0, 0.0]
    for weight in weights:
        sums.append(max(sums[-1], sums[-2] + weight))
    taken: list[int] = []
    step = len(weights) - 1
    while step >= 0:
        if sums[step + 2] > sums[step + 1]:
            taken.append(step)
            step -= 1
        step -= 1
    return taken[::-1]
