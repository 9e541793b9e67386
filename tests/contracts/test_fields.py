import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aivj.contracts.fields import (
    MAX_SAFE_INTEGER,
    Count,
    Number,
    NumberIfAny,
    Omittable,
    OuterText,
    PairId,
    finite_number,
)
from aivj.contracts.json_text import ContractModel, row_bytes


class Sample(ContractModel):
    pair: PairId = 0
    count: Count = 0
    number: Number = 0
    loose: NumberIfAny = None
    text: OuterText = ""
    rare: Omittable[Number] = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (7.0, 7), (-0.5, -0.5), (True, None), ("1", None), (None, None), ([], None)],
)
def test_finite_number(value, expected):
    assert finite_number(value) == expected


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_numbers_that_javascript_cannot_hold_are_none(value):
    assert finite_number(value) is None
    assert Sample(loose=value).loose is None


@given(st.integers(0, MAX_SAFE_INTEGER))
def test_whole_numbers_keep_their_value_in_either_form(value):
    assert Sample(pair=value).pair == value
    assert Sample(pair=float(value)).pair == value


@pytest.mark.parametrize("field", ["pair", "count"])
@pytest.mark.parametrize("value", ["7", True, 0.5, -1, 2**53, math.nan, math.inf, None, [1]])
def test_what_is_no_whole_number_is_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        Sample(**{field: value})


@pytest.mark.parametrize("value", ["0.5", True, None, math.nan, math.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValidationError, match="number"):
        Sample(number=value)


def test_only_omittable_keys_are_left_out():
    keys = ["pair", "count", "number", "loose", "text"]
    assert list(json.loads(row_bytes(Sample()))) == keys
    assert list(json.loads(row_bytes(Sample(rare=0)))) == [*keys, "rare"]


def test_lone_surrogates_are_escaped():
    assert Sample(text="a\ud800").text == "a\\ud800"
