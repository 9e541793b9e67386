"""A worker that draws black, hears nothing or shows the last pair for ever is refused."""

from dataclasses import replace

import pytest

from aivj.errors import RunError
from aivj.sampling.self_test import refuse_blind
from aivj.takes.figures import PairMeasurement

GOOD = PairMeasurement(**dict.fromkeys(PairMeasurement.__dataclass_fields__, 0.2))
OTHER = replace(GOOD, composite_color_r=0.4)


def test_what_draws_hears_and_switches_may_work():
    refuse_blind(GOOD, OTHER)


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (replace(GOOD, composite_avg_luma=0.001), OTHER, "bright"),
        (GOOD, replace(OTHER, composite_avg_luma=0.0), "bright"),
        (replace(GOOD, audio_response=0.0), OTHER, "hears"),
        (GOOD, replace(OTHER, audio_response=1e-6), "hears"),
        (GOOD, GOOD, "another picture"),
    ],
)
def test_each_defect_has_its_name(first, second, what):
    with pytest.raises(RunError, match=what):
        refuse_blind(first, second)
