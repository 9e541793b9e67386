import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.report.axis import Axis, linear_axis, log_axis, nice_step, rounded_axis

ENDS = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))


def _labels(axis: Axis) -> list[str]:
    return [tick.label for tick in axis.ticks]


@pytest.mark.parametrize(
    ("span", "num_intervals", "step"),
    [(1, 5, 0.2), (1, 4, 0.5), (7, 5, 2), (0.03, 5, 0.01), (100, 10, 10), (2.4e-3, 5, 5e-4)],
)
def test_steps_are_numbers_that_people_count_by(
    span: float, num_intervals: int, step: float
) -> None:
    assert nice_step(span, num_intervals) == pytest.approx(step)


def test_a_linear_axis_maps_its_ends_and_clamps_what_is_off_it() -> None:
    axis = linear_axis(0, 1, 50, 250)
    assert [axis.at(value) for value in (0, 0.25, 1, -3, 7)] == [50, 100, 250, 50, 250]
    assert _labels(axis) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]


def test_an_axis_that_rises_up_the_page() -> None:
    axis = linear_axis(0, 10, 200, 0)
    assert (axis.at(0), axis.at(5), axis.at(10)) == (200, 100, 0)


def test_equal_ends_are_widened() -> None:
    assert _labels(linear_axis(1, 1, 0, 1, whole=True)) == ["1"]
    for axis in (linear_axis(0, 0, 0, 1), linear_axis(-2, -2, 0, 1), rounded_axis(0.3, 0.3, 0, 1)):
        assert axis.low < axis.high
        assert len(axis.ticks) >= 2


def test_whole_numbers_have_whole_ticks() -> None:
    assert _labels(rounded_axis(0, 2, 0, 1, whole=True)) == ["0", "1", "2"]


def test_a_rounded_axis_ends_at_ticks() -> None:
    axis = rounded_axis(0.168, 0.837, 0, 1)
    assert (axis.low, axis.high) == pytest.approx((0.0, 1.0))
    assert _labels(axis)[0] == "0.0"
    assert "-0.0" not in _labels(rounded_axis(-0.4, 0.4, 0, 1))


def test_a_log_axis_has_whole_decades_and_equal_lengths_for_equal_ratios() -> None:
    axis = log_axis(1.5e-5, 0.03, 0, 400)
    assert (axis.low, axis.high) == pytest.approx((1e-5, 0.1))
    assert axis.at(1e-4) == pytest.approx(100)
    assert axis.at(1e-2) - axis.at(1e-3) == pytest.approx(100)
    assert axis.at(0) == 0
    assert _labels(axis) == ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"]


def test_a_log_axis_of_one_value_spans_a_decade() -> None:
    assert _labels(log_axis(0.1, 0.1, 0, 1)) == ["10⁻¹", "10⁰"]


def test_many_decades_have_few_labels() -> None:
    assert len(log_axis(1e-20, 1, 0, 1).ticks) <= 9


@given(ENDS, ENDS, st.integers(2, 12))
def test_ticks_lie_within_rise_and_are_few(one: float, other: float, num_ticks: int) -> None:
    low, high = sorted((one, other))
    for axis in (
        linear_axis(low, high, 0, 100, num_ticks=num_ticks),
        rounded_axis(low, high, 0, 100, num_ticks=num_ticks),
    ):
        values = [tick.value for tick in axis.ticks]
        margin = (axis.high - axis.low) * 1e-6
        assert values == sorted(set(values))
        assert len(values) <= num_ticks + 3
        assert all(axis.low - margin <= value <= axis.high + margin for value in values)
        assert axis.low - margin <= low <= high <= axis.high + margin


@given(st.floats(1e-9, 1e3), st.floats(1e-9, 1e3), st.floats(1e-9, 1e3))
def test_a_log_axis_keeps_order(low: float, high: float, value: float) -> None:
    axis = log_axis(min(low, high), max(low, high), 0, 100)
    assert axis.low <= axis.high
    assert 0 <= axis.at(value) <= 100
    assert axis.at(value) <= axis.at(value * 2)
