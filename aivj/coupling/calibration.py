"""Spreads scores that bunch together, without ever changing their order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]

# Scores closer together than this are one score and rounding.
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Stretch:
    """q' = clip(mean + (q - mean) * scale, 0, 1); a scale of 1 changes nothing."""

    mean: float
    scale: float

    def apply(self, scores: Scores) -> Scores:
        """Stretches [N] scores."""
        if self.scale == 1:
            return scores
        stretched: Scores = np.clip(self.mean + (scores - self.mean) * self.scale, 0.0, 1.0)
        return stretched


def std_stretch(scores: Scores, target_std: float) -> Stretch:
    """Finds the stretch that brings the deviation of [N] scores, 0..1, up to `target_std`.

    Scores that spread that far already, or not at all, are left as they are. The scale stops where
    the first score meets 0 or 1, since clipping several would merge them: the deviation may then
    stay below the target.
    """
    mean, std = float(scores.mean()), float(scores.std())
    if np.ptp(scores) < _LEAST_SPREAD or std >= target_std:
        return Stretch(mean, 1.0)
    room = min(mean / (mean - float(scores.min())), (1 - mean) / (float(scores.max()) - mean))
    return Stretch(mean, max(1.0, min(target_std / std, room)))
