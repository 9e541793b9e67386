import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.errors import InputError
from aivj.gate.stats import read_lines
from aivj.gate.stats.log_text import finite, read_entries


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_as_javascript_and_python_write_them(number):
    assert finite(json.dumps(number)) == number
    assert finite(repr(number)) == number


@pytest.mark.parametrize("text", ["", "na", "NaN", "Infinity", "1e999", "1_0", "٣", "0x10", "1 ms"])
def test_what_is_no_finite_number(text):
    assert finite(text) is None


def test_only_lines_with_the_marker_are_entries_or_bad():
    read = read_entries(["n=1", "other", "n=x"], "n=", lambda line: finite(line[2:]))
    assert (read.entries, read.num_lines, read.num_bad_lines) == ((1.0,), 3, 1)


def test_logs_follow_each_other_whatever_their_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"one\r\ntwo \xff")
    (tmp_path / "b").write_bytes(b"three\n")
    assert read_lines([tmp_path / "a", tmp_path / "b"]) == ["one", "two �", "three"]


def test_a_log_that_is_missing(tmp_path):
    with pytest.raises(InputError):
        read_lines([tmp_path / "missing"])
