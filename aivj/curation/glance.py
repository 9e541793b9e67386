"""What every pair of many layers may be worth, by a cheap look at all of them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aivj.curation.candidates import Floats, Places
from aivj.curation.measured_pairs import MeasuredPairs
from aivj.takes.screen import Screened, screen
from aivj.takes.table import LayerTable

Singles = NDArray[np.float32]

Target = Callable[[MeasuredPairs], Floats]
"""Says what measured pairs are worth, 0 to 1."""

_LEAST_ENERGY = 1e-6


def worth_at_a_glance(
    table: LayerTable,
    target: Target,
    *,
    sample: Places,
    measured: MeasuredPairs,
    num_threads: int,
) -> Singles:
    """Returns what the target says of pairs by rough figures, float32 of shape [P, P].

    Luma and contributions are nearly exact. Energies stand for motion and response, scaled by what
    a sample of pairs has of both. Of colour, flashes and what is black or blown nothing is known:
    colour is that of the sample, the others are left to exact figures.

    Args:
        table: The P layers; foregrounds are rows, backgrounds columns.
        target: Says what pairs are worth.
        sample: Some pairs, int64 of shape [n, 2].
        measured: Their figures.
        num_threads: Of the CPU.

    Returns:
        Worth, 0 to 1; -inf for a layer with itself.
    """
    seen = screen(table, table, num_threads=num_threads)
    front, behind = sample.T
    motion, response = (
        float(np.median(exact) / max(np.median(energy[front, behind]), _LEAST_ENERGY))
        for exact, energy in (
            (measured.composite_avg_frame_delta, seen.motion_energy),
            (measured.audio_response, seen.response_energy),
        )
    )
    colour = float(np.median(measured.colourfulness))
    worth = np.empty((len(table), len(table)), np.float32)
    for row in range(len(table)):
        worth[row] = target(_rough(seen, row, motion, response, colour))
    np.fill_diagonal(worth, -np.inf)
    return worth


def _rough(
    seen: Screened, row: int, motion: float, response: float, colour: float
) -> MeasuredPairs:
    nothing = np.zeros(seen.composite_avg_luma.shape[1])
    return MeasuredPairs(
        composite_avg_luma=seen.composite_avg_luma[row].astype(np.float64),
        composite_avg_frame_delta=motion * seen.motion_energy[row].astype(np.float64),
        black_share=nothing,
        blown_share=nothing,
        audio_response=response * seen.response_energy[row].astype(np.float64),
        flashes_per_s=nothing,
        red_flashes_per_s=nothing,
        flash_unsafe=nothing.astype(np.bool_),
        colourfulness=np.full_like(nothing, colour),
        fg_contribution=seen.fg_contribution[row].astype(np.float64),
        bg_contribution=seen.bg_contribution[row].astype(np.float64),
    )
