"""Features of how code is written: its tokens, names, nesting and constants."""

import math
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

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


class _Constant(NamedTuple):
    """A number as code spells it; `power` is its power of ten, where it has one."""

    value: float
    is_whole: bool
    is_fine: bool
    is_large: bool
    power: float | None


def _constant(spelling: str) -> _Constant:
    value = parse_number(spelling)
    return _Constant(
        value=value,
        is_whole=value.is_integer(),
        is_fine=0.0 < value < _FINE,
        is_large=value > _LARGE,
        power=min(max(math.log10(value), _SMALLEST_POWER), _LARGEST_POWER) if value else None,
    )


_CONSTANTS = Remembered(_constant)


def _constants(scope: str, code: Code) -> dict[str, float]:
    """Tells what kind of numbers the code holds."""
    found = [(_CONSTANTS[spelling], num) for spelling, num in code.numbers.items()]
    values = {constant.value for constant, _ in found}
    num_all = max(sum([num for _, num in found]), 1)
    mean, std = _powers(found)
    return {
        f"{scope}.numbers.num_distinct": len(values),
        f"{scope}.numbers.share_distinct": len(values) / num_all,
        f"{scope}.numbers.share_integers": sum([n for c, n in found if c.is_whole]) / num_all,
        f"{scope}.numbers.share_fine": sum([n for c, n in found if c.is_fine]) / num_all,
        f"{scope}.numbers.share_large": sum([n for c, n in found if c.is_large]) / num_all,
        f"{scope}.numbers.largest": max(values, default=0.0),
        f"{scope}.numbers.mean_power": mean,
        f"{scope}.numbers.std_power": std,
    }


def _powers(found: Sequence[tuple[_Constant, int]]) -> tuple[float, float]:
    """Returns mean and standard deviation of the powers of ten."""
    powers = [(constant.power, num) for constant, num in found if constant.power is not None]
    num_all = max(sum([num for _, num in powers]), 1)
    mean = sum([power * num for power, num in powers]) / num_all
    square = sum([power * power * num for power, num in powers]) / num_all
    return mean, math.sqrt(max(square - mean * mean, 0.0))
