"""Axes: from values to user units, with ticks at numbers that people count by."""

import math
from dataclasses import dataclass

from aivj.report.text import power_of_ten

_NICE_FACTORS = (1, 2, 5, 10)
_TOLERANCE = 1e-9
_MAX_DECADE_LABELS = 8


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    value: float
    label: str


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        low: Value at its start.
        high: Value at its end, above `low`.
        start: User units at `low`.
        end: User units at `high`; below `start` on an axis that rises up the page.
        ticks: Within `low` and `high`.
        is_log: Whether equal lengths are equal ratios; values are positive then.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[Tick, ...]
    is_log: bool = False

    def at(self, value: float) -> float:
        """Returns where `value` lies; what is off the axis lies at its nearer end."""
        inside = min(max(value, self.low), self.high)
        low, high, here = (
            [math.log10(v) for v in (self.low, self.high, inside)]
            if self.is_log
            else [self.low, self.high, inside]
        )
        return self.start + (self.end - self.start) * (here - low) / (high - low)


def linear_axis(
    low: float, high: float, start: float, end: float, *, num_ticks: int = 5, whole: bool = False
) -> Axis:
    """Returns an axis from `low` to `high`, widened if they are equal.

    Args:
        low: Lowest value.
        high: Highest value.
        start: User units of the lowest value.
        end: User units of the highest value.
        num_ticks: About how many intervals there should be.
        whole: Whether only whole numbers make sense.
    """
    if low == high:
        margin = 0.5 if whole else abs(low) * 0.1 or 0.5
        low, high = low - margin, high + margin
    step = nice_step(high - low, num_ticks)
    step = max(step, 1.0) if whole else step
    return Axis(low, high, start, end, _ticks(low, high, step))


def rounded_axis(
    low: float, high: float, start: float, end: float, *, num_ticks: int = 5, whole: bool = False
) -> Axis:
    """Returns an axis like `linear_axis` whose ends are ticks themselves."""
    plain = linear_axis(low, high, start, end, num_ticks=num_ticks, whole=whole)
    step = nice_step(plain.high - plain.low, num_ticks)
    step = max(step, 1.0) if whole else step
    first = math.floor(plain.low / step + _TOLERANCE) * step
    last = math.ceil(plain.high / step - _TOLERANCE) * step
    return Axis(first, last, start, end, _ticks(first, last, step))


def log_axis(low: float, high: float, start: float, end: float) -> Axis:
    """Returns a logarithmic axis of whole decades round `low` and `high`, both above 0."""
    first = math.floor(math.log10(low) + _TOLERANCE)
    last = max(math.ceil(math.log10(high) - _TOLERANCE), first + 1)
    stride = math.ceil((last - first) / _MAX_DECADE_LABELS)
    ticks = tuple(Tick(10.0**e, power_of_ten(e)) for e in range(first, last + 1, stride))
    return Axis(10.0**first, 10.0**last, start, end, ticks, is_log=True)


def nice_step(span: float, num_intervals: int) -> float:
    """Returns the smallest 1, 2 or 5 times a power of ten that needs no more intervals."""
    rough = span / num_intervals
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(f * magnitude for f in _NICE_FACTORS if f * magnitude >= rough * (1 - _TOLERANCE))


def _ticks(low: float, high: float, step: float) -> tuple[Tick, ...]:
    first = math.ceil(low / step - _TOLERANCE)
    last = math.floor(high / step + _TOLERANCE)
    decimals = max(0, -math.floor(math.log10(step) + _TOLERANCE))
    values = [round(number * step, decimals) + 0.0 for number in range(first, last + 1)]
    return tuple(Tick(value, f"{value:.{decimals}f}") for value in values)
