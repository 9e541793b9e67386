"""What a pair must have before its quality is asked for, and how often which of it is missing."""

from dataclasses import dataclass

import numpy as np

from aivj.curation.candidates import Flags
from aivj.curation.measured_pairs import MeasuredPairs

MIN_CONTRIBUTION = 0.02
"""Mean change of luma that leaving a layer out makes: less is not seen."""

MIN_LUMA = 0.06
MAX_LUMA = 0.85
"""Of the composite's mean luma."""

MAX_BLACK_SHARE = 0.75
MAX_BLOWN_SHARE = 0.25
"""Of the composite's cells, over all frames."""

MIN_RESPONSE = 0.03
"""Mean difference of luma from the same frames in silence."""


@dataclass(frozen=True)
class Sifted:
    """Which of N pairs may be chosen.

    Attributes:
        is_sound: bool of shape [N].
        num_refused: How many pairs each rule refuses; a pair may break several.
    """

    is_sound: Flags
    num_refused: dict[str, int]


def sift(pairs: MeasuredPairs) -> Sifted:
    """Refuses pairs that flash, hide a layer, are dark or blown, or do not answer the music."""
    luma = pairs.composite_avg_luma
    contributions = np.minimum(pairs.fg_contribution, pairs.bg_contribution)
    refused = {
        "unsafe flashes": pairs.flash_unsafe,
        "a layer that is not seen": contributions < MIN_CONTRIBUTION,
        "too dark": (luma < MIN_LUMA) | (pairs.black_share > MAX_BLACK_SHARE),
        "blown out": (luma > MAX_LUMA) | (pairs.blown_share > MAX_BLOWN_SHARE),
        "no answer to the music": pairs.audio_response < MIN_RESPONSE,
    }
    return Sifted(
        is_sound=~np.any(list(refused.values()), axis=0),
        num_refused={rule: int(np.count_nonzero(broken)) for rule, broken in refused.items()},
    )
