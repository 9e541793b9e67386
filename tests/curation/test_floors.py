"""What may not be chosen is refused, by each rule alone."""

import numpy as np
import pytest

from aivj.curation.floors import sift
from aivj.curation.measured_pairs import MeasuredPairs

SOUND = {
    "composite_avg_luma": 0.4,
    "composite_avg_frame_delta": 0.02,
    "flashes_per_s": 0.0,
    "red_flashes_per_s": 0.0,
    "colourfulness": 40.0,
    "black_share": 0.1,
    "blown_share": 0.0,
    "audio_response": 0.2,
    "flash_unsafe": False,
    "fg_contribution": 0.1,
    "bg_contribution": 0.1,
}


def figures(*pairs: dict[str, float]) -> MeasuredPairs:
    rows = [SOUND | pair for pair in pairs]
    return MeasuredPairs(**{name: np.array([row[name] for row in rows]) for name in SOUND})


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"flash_unsafe": True}, "unsafe flashes"),
        ({"fg_contribution": 0.01}, "a layer that is not seen"),
        ({"bg_contribution": 0.01}, "a layer that is not seen"),
        ({"composite_avg_luma": 0.01}, "too dark"),
        ({"black_share": 0.9}, "too dark"),
        ({"composite_avg_luma": 0.95}, "blown out"),
        ({"blown_share": 0.5}, "blown out"),
        ({"audio_response": 0.001}, "no answer to the music"),
    ],
)
def test_a_fault_is_refused_by_its_rule(fault: dict[str, float], rule: str) -> None:
    sifted = sift(figures({}, fault, {}))
    assert sifted.is_sound.tolist() == [True, False, True]
    assert {name for name, num in sifted.num_refused.items() if num} == {rule}


def test_a_pair_with_two_faults_is_counted_by_both_rules() -> None:
    sifted = sift(figures({"flash_unsafe": True, "audio_response": 0}))
    assert sum(sifted.num_refused.values()) == 2
