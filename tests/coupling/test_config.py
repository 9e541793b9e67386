import math

import pytest

from aivj.coupling import FitConfig
from aivj.errors import InputError


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("learning_rate", -1.0, "--learning-rate to be greater than 0; found -1.0"),
        ("learning_rate", 40.0, "--learning-rate to be less than or equal to 1"),
        ("weight_decay", math.nan, "--weight-decay to be a finite number; found nan"),
        ("neg_weight", math.inf, "--neg-weight to be a finite number; found inf"),
        ("dropout", 1.0, "--dropout to be less than 1"),
        ("seed", 2**40, "--seed to be less than"),
        ("encoder_width", 10**9, "--encoder-width to be less than"),
        ("epochs", 0, "--epochs to be greater than or equal to 1; found 0; leave it out for 20"),
    ],
)
def test_a_number_outside_its_range_is_one_sentence(option: str, value: float, words: str) -> None:
    with pytest.raises(InputError) as refused:
        FitConfig.of(**{option: value})
    assert words in str(refused.value)


def test_what_is_left_out_is_the_default() -> None:
    assert FitConfig.of(seed=4) == FitConfig(seed=4)
