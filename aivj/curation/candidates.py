"""Pairs that may be chosen, and how often their presets are used."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Looks = NDArray[np.float32]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Pairs of presets that may be chosen, N of them, no pair of layers twice.

    Attributes:
        foreground: Number of the preset in front, int64 of shape [N].
        background: Number of the preset behind, the same; never the one in front.
        quality01: What each pair is worth, 0 to 1, float64 of shape [N].
        looks: What each looks like, unit vectors, float32 of shape [N, D]; see `Whitening`.
    """

    foreground: Places
    background: Places
    quality01: Floats
    looks: Looks

    def __len__(self) -> int:
        return len(self.foreground)

    def at(self, places: Places) -> "Candidates":
        """Returns some of them, in the order of `places`."""
        return Candidates(
            self.foreground[places],
            self.background[places],
            self.quality01[places],
            self.looks[places],
        )

    def likeness(self, place: int) -> Floats:
        """Returns the cosine of each candidate with that at `place`, -1 to 1, shape [N].

        Summed in a fixed order: a matrix product's last bits depend on the number of threads, and
        the choice between two equal candidates would with them.
        """
        return np.asarray((self.looks * self.looks[place]).sum(axis=1), np.float64)


class Uses:
    """Which candidates may still be chosen: those whose presets have uses left.

    A preset in front and the same preset behind are two uses. Two presets that met once do not meet
    again the other way round.

    Attributes:
        is_open: bool of shape [N].
    """

    def __init__(self, candidates: Candidates, max_uses: int) -> None:
        self._candidates = candidates
        self._max_uses = max_uses
        self._num_uses: dict[int, int] = {}
        self.is_open: Flags = np.ones(len(candidates), np.bool_)

    def take(self, place: int) -> None:
        """Counts a candidate as chosen, and closes those that it rules out."""
        front, behind = self._candidates.foreground, self._candidates.background
        first, second = int(front[place]), int(behind[place])
        self.is_open[place] = False
        self.is_open &= ~((front == second) & (behind == first))
        for preset in (first, second):
            self._num_uses[preset] = self._num_uses.get(preset, 0) + 1
            if self._num_uses[preset] >= self._max_uses:
                self.is_open &= (front != preset) & (behind != preset)
