"""Of all pairs those that are worth being measured exactly."""

import numpy as np
from numpy.typing import NDArray

from aivj.curation.candidates import Places


def shortlist(worth: NDArray[np.float32], num: int) -> Places:
    """Returns the best pairs of all, and the best of every preset.

    Half are the best pairs whatever their presets. The other half go to the presets alike, to each
    in front and behind: else a few bright presets would fill the list, and variety and an
    assignment had nothing to choose from.

    Args:
        worth: What a cheap look says of each pair, -inf for none, float32 of shape
            [num_foregrounds, num_backgrounds].
        num: How many, about: pairs that are on both halves count once.

    Returns:
        Foreground and background, int64 of shape [n, 2], n <= num, in ascending order.
    """
    num_foregrounds, num_backgrounds = worth.shape
    if num >= worth.size:
        places = np.arange(worth.size)
    else:
        each = max(1, num // 4 // max(num_foregrounds, num_backgrounds))
        fronts = np.arange(num_foregrounds)[:, None]
        backs = np.arange(num_backgrounds)[:, None]
        of_fronts = fronts * num_backgrounds + _best(worth, each)
        of_backs = _best(worth.T, each) * num_backgrounds + backs
        apart = np.union1d(of_fronts, of_backs)[:num]
        overall = _best(worth.reshape(1, -1), num - len(apart))
        places = np.union1d(apart, overall)
    places = places[np.isfinite(worth.reshape(-1)[places])]
    return np.stack(np.divmod(places, num_backgrounds), axis=1)


def _best(worth: NDArray[np.float32], num: int) -> Places:
    """Returns the columns of the best of each row, shape [rows, num] or fewer columns."""
    columns = worth.shape[1]
    if num >= columns:
        return np.broadcast_to(np.arange(columns), worth.shape)
    return np.argpartition(-worth, num, axis=1)[:, :num] if num else np.empty((len(worth), 0), int)
