import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.report.text import (
    NO_FIGURE,
    counted,
    duration,
    fixed,
    moment,
    power_of_ten,
    printable,
    significant,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Geiss - Planet 1", "Geiss - Planet 1"),
        ("caf\udce9", "café"),
        ("caf\xe9 \xad", "café \ufffd"),
        ("nul\x00bell\x07\x85", "nul\ufffdbell\ufffd\ufffd"),
        ("\udc85", "\ufffd"),
        ("lone \ud800", "lone \ufffd"),
        ("a\u202eb\u2066", "a\ufffdb\ufffd"),
        ("two\nlines\t", "two\nlines\t"),
    ],
)
def test_foreign_names_become_printable(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(st.characters()))
def test_whatever_comes_can_be_written(raw: str) -> None:
    shown = printable(raw)
    shown.encode()
    hidden = {"Cc", "Cf", "Cs"}
    assert all(c in "\n\t" or unicodedata.category(c) not in hidden for c in shown)
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, NO_FIGURE),
        (0.0, "0"),
        (0.51234, "0.51"),
        (0.00123, "0.0012"),
        (0.000015, "1.5\N{MULTIPLICATION SIGN}10⁻⁵"),
        (-0.25, "-0.25"),
        (12.345, "12.35"),
    ],
)
def test_two_significant_digits(value: float | None, shown: str) -> None:
    assert significant(value) == shown


def test_fixed_decimals() -> None:
    assert (fixed(0.12345), fixed(0.5, 2), fixed(None)) == ("0.123", "0.50", NO_FIGURE)


def test_powers_and_counts() -> None:
    assert (power_of_ten(-12), power_of_ten(3)) == ("10⁻¹²", "10³")
    assert (counted(1, "pair"), counted(0, "pair")) == ("1 pair", "0 pairs")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0 ms"),
        (0.06, "60 ms"),
        (0.1, "0.1 s"),
        (9.94, "9.9 s"),
        (21.4, "21 s"),
        (59.6, "1 min 00 s"),
        (74.6, "1 min 15 s"),
        (3725, "1 h 02 min"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_times_are_shown_in_utc() -> None:
    east = timezone(timedelta(hours=8))
    assert moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02 03:04 UTC"
    assert moment(datetime(2026, 1, 2, 3, 4, tzinfo=east)) == "2026-01-01 19:04 UTC"
    assert moment(datetime(2026, 1, 2, 3, 4)) == "2026-01-02 03:04 UTC"  # noqa: DTZ001 - naive
