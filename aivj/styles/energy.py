"""How much presets move, as thirds of a library: calm, groove, peak."""

from collections.abc import Mapping

import numpy as np

from aivj.contracts.style_index import Energy

_NUM_THIRDS = 3
_ENERGIES: tuple[Energy, ...] = ("calm", "groove", "peak")


def energy_by_motion(motion: Mapping[str, float]) -> dict[str, Energy]:
    """Returns the energy of each preset: the third of the motions in which its own is.

    Presets that move alike are of one energy; where all do, they groove.

    Args:
        motion: How much each preset moves, 0 and up, finite.
    """
    if not motion:
        return {}
    values = np.array(list(motion.values()))
    calm_max, groove_max = np.quantile(values, np.arange(1, _NUM_THIRDS) / _NUM_THIRDS)
    if values.min() == values.max():
        return dict.fromkeys(motion, "groove")
    thirds = (values > calm_max).astype(int) + (values > groove_max)
    return {preset: _ENERGIES[third] for preset, third in zip(motion, thirds, strict=True)}
