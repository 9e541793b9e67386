"""Features of how code is written: its tokens, names, nesting and constants."""

import math
import re
from collections.abc import Callable, Mapping
from itertools import accumulate

from aivj.presets.milk import parse_number
from aivj.presets.program import Program
from aivj.presets.remembered import Remembered
from aivj.presets.tokens import Code

_BRACKET = re.compile(r"[()]")
_STEP = {"(": 1, ")": -1}
_OPERATORS = {
    "plus": "+",
    "minus": "-",
    "times": "*",
    "over": "/",
    "modulo": "%",
    "bracket": "(",
    "comma": ",",
    "less": "<",
    "greater": ">",
}
_SMALLEST_POWER, _LARGEST_POWER = -6.0, 6.0
_FINE, _LARGE = 0.1, 10.0


def token_features(program: Program) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    return {
        **_writing("equations", program.equations),
        **_constants("equations", program.equations),
        **_writing("shaders", program.shaders),
        **_constants("shaders", program.shaders),
    }


def _writing(scope: str, code: Code) -> dict[str, float]:
    num_tokens = max(code.num_tokens, 1)
    num_numbers = sum(code.numbers.values())
    num_distinct = len(code.reads.keys() | code.writes.keys())
    num_assignments = sum(code.writes.values())
    return {
        f"{scope}.tokens.num_comments": code.num_comments,
        f"{scope}.tokens.num_distinct_names": num_distinct,
        f"{scope}.tokens.share_distinct_names": num_distinct
        / max(len(code.tokens) - num_numbers, 1),
        f"{scope}.tokens.share_numbers": num_numbers / num_tokens,
        f"{scope}.tokens.num_assignments": num_assignments,
        f"{scope}.tokens.num_variables": len(code.writes),
        f"{scope}.tokens.per_assignment": code.num_tokens / max(num_assignments, 1),
        f"{scope}.tokens.longest_statement": max(map(len, code.text.split(";"))),
        f"{scope}.tokens.depth": _depth(code.text),
        **{
            f"{scope}.operators.{name}": code.operators.get(operator, 0) / num_tokens
            for name, operator in _OPERATORS.items()
        },
    }


def _depth(text: str) -> int:
    """Returns how deep brackets lie in each other, at most."""
    return max(accumulate(map(_STEP.__getitem__, _BRACKET.findall(text)), initial=0))


def _constants(scope: str, code: Code) -> dict[str, float]:
    """Tells what kind of numbers the code holds."""
    counts: dict[float, int] = {}
    for text, count in code.numbers.items():
        value = _NUMBERS[text]
        counts[value] = counts.get(value, 0) + count
    num = max(sum(counts.values()), 1)
    mean, std = _powers(counts)
    return {
        f"{scope}.numbers.num_distinct": len(counts),
        f"{scope}.numbers.share_distinct": len(counts) / num,
        f"{scope}.numbers.share_integers": _num_where(float.is_integer, counts) / num,
        f"{scope}.numbers.share_fine": _num_where(_is_fine, counts) / num,
        f"{scope}.numbers.share_large": _num_where(_LARGE.__lt__, counts) / num,
        f"{scope}.numbers.largest": max(counts, default=0.0),
        f"{scope}.numbers.mean_power": mean,
        f"{scope}.numbers.std_power": std,
    }


def _num_where(holds: Callable[[float], bool], counts: Mapping[float, int]) -> int:
    return sum([count for value, count in counts.items() if holds(value)])


def _is_fine(value: float) -> bool:
    return 0.0 < value < _FINE


def _powers(counts: Mapping[float, int]) -> tuple[float, float]:
    """Returns mean and standard deviation of the powers of ten of the positive numbers."""
    powers = [(_POWERS[value], count) for value, count in counts.items() if value]
    num = max(sum([count for _, count in powers]), 1)
    mean = sum([power * count for power, count in powers]) / num
    square = sum([power * power * count for power, count in powers]) / num
    return mean, math.sqrt(max(square - mean * mean, 0.0))


def _power(value: float) -> float:
    return min(max(math.log10(value), _SMALLEST_POWER), _LARGEST_POWER)


_POWERS = Remembered(_power)
_NUMBERS = Remembered(parse_number)
