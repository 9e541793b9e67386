import json
import math
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.fields import Omittable
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    iso_utc,
    parse_json,
    parse_time,
    read_bytes,
    read_object,
    row_bytes,
    shown,
    validated,
)
from aivj.errors import InputError

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Sample(ContractModel):
    first_value: int
    second01: float | None = None
    left_out: Omittable[str] = None


def test_document_is_pretty_and_ends_with_a_newline():
    assert document_bytes({"ä": [1, 0.5], "b": {}}) == (
        '{\n  "ä": [\n    1,\n    0.5\n  ],\n  "b": {}\n}\n'.encode()
    )


def test_row_is_one_compact_line():
    assert row_bytes({"a": [1, None], "b": "x y"}) == b'{"a":[1,null],"b":"x y"}\n'


def test_model_is_written_by_alias_in_declared_order_without_omitted_keys():
    assert row_bytes(Sample(first_value=1)) == b'{"firstValue":1,"second01":null}\n'
    assert row_bytes(Sample(first_value=1, second01=0.5, left_out="x")) == (
        b'{"firstValue":1,"second01":0.5,"leftOut":"x"}\n'
    )


@pytest.mark.parametrize("write", [document_bytes, row_bytes])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_writing_refuses_what_browsers_reject(write, number):
    with pytest.raises(InputError, match="only finite numbers"):
        write({"quality01": number})


@given(JSON_VALUES)
def test_what_is_written_reads_back(value):
    assert parse_json(document_bytes(value), "it") == value
    line = row_bytes(value)
    assert parse_json(line, "it") == value
    assert line.count(b"\n") == 1


@given(st.text(alphabet=st.characters(categories=["Cs"]), min_size=1))
def test_surrogates_are_written_as_escapes(text):
    def code_units(string):
        return string.encode("utf-16-le", "surrogatepass")

    assert code_units(json.loads(row_bytes(text))) == code_units(text)


@given(st.binary())
def test_reading_any_bytes_gives_a_value_or_an_input_error(data):
    try:
        value = parse_json(data, "it")
    except InputError:
        return
    assert value == json.loads(data.decode("utf-8-sig"))


def test_byte_order_mark_is_tolerated():
    assert parse_json(b'\xef\xbb\xbf{"a":1}', "it") == {"a": 1}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":\n 1,}', "at line 2 column"),
        (b'{"a":\n  "NaN", "b": NaN}', "NaN at line 2 column 15"),
        (b'{"\\"NaN": [-Infinity]}', "-Infinity at line 1 column 12"),
        (b"Infinity", "Infinity at line 1 column 1"),
        (b'"\xff"', "not UTF-8 at offset 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5_000, "too long"),
        (b"", "at line 1 column 1"),
    ],
)
def test_broken_json_is_named_with_its_place(data, found):
    with pytest.raises(InputError) as caught:
        parse_json(data, "packs/x.json")
    assert "packs/x.json" in caught.value.expected
    assert found in caught.value.found


def test_missing_file_and_folder_are_input_errors(tmp_path: Path):
    with pytest.raises(InputError, match="nothing there"):
        read_bytes(tmp_path / "absent.json")
    with pytest.raises(InputError, match="directory"):
        read_bytes(tmp_path)


def test_document_must_be_an_object(tmp_path: Path):
    path = tmp_path / "list.json"
    path.write_text("[1]")
    with pytest.raises(InputError, match=r"a JSON object in .*list\.json; found \[1\]"):
        read_object(path)


def test_validation_names_place_and_finding():
    with pytest.raises(InputError) as caught:
        validated(Sample, {"firstValue": "x"}, "row.json")
    assert "row.json, at firstValue" in caught.value.expected
    assert caught.value.found == "'x'"
    with pytest.raises(InputError, match="no such key"):
        validated(Sample, {}, "row.json")


def test_models_are_frozen_and_ignore_unknown_keys():
    sample = validated(Sample, {"firstValue": 3, "unknown": {"deep": 1}}, "it")
    assert sample == Sample(first_value=3)
    with pytest.raises(ValueError, match="frozen"):
        sample.first_value = 4


def test_shown_is_short():
    assert len(shown("x" * 10_000)) < 100
    assert shown([1]) == "[1]"


def test_time_golden():
    east = timezone(timedelta(hours=8))
    assert iso_utc(datetime(2026, 3, 1, 17, 0, 0, 1999, tzinfo=east)) == "2026-03-01T09:00:00.001Z"
    assert parse_time("2026-03-01T09:00:00.0000000+00:00") == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert parse_time("2026-03-01T17:00:00+08:00") == datetime(2026, 3, 1, 9, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 2)))  # noqa: DTZ001 - bound
def test_times_read_back_to_the_millisecond(time):
    assert timedelta(0) <= time - parse_time(iso_utc(time)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-01T09:00:00", "1767225600123"])
def test_times_without_a_known_moment_are_refused(text):
    with pytest.raises(InputError, match="ISO-8601"):
        parse_time(text)
