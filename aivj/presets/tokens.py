"""The tokens of a block of equations or of a shader, in one pass.

MilkDrop's equations (EEL) and shaders (HLSL) are alike enough for one tokenizer: names,
numbers, operators, `//` and `/* */` comments, and `name =` or `name +=` for an assignment.
Neither minds the case of names. Nothing is evaluated.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from aivj.presets.remembered import Remembered

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TOKEN = re.compile(
    # A name, perhaps with components (`.xyz`), perhaps assigned to; or a number.
    r"[a-z_][a-z0-9_]*(?:\.[a-z]+)?(?:\s*[-+*/%|&]?=(?!=))?"
    r"|[0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?|\.[0-9]+(?:e[-+]?[0-9]+)?"
)
_NUMBER_START = frozenset(".0123456789")
_ASSIGNMENT = re.compile(r"[-+*/%|&]?=")
_REGISTER = re.compile(r"q[1-9][0-9]?|_q[a-h]")

OPERATORS = "+-*/%(,;=<>&|"
"""Counted one by one; a closing bracket says no more than the opening one."""


Counts = Mapping[str, int]


class Token(NamedTuple):
    """A name or a number.

    Attributes:
        name: The name, without components; empty for a number.
        operator: What it is assigned by (`=`, `+=`); empty where it is not.
        number: The number as it is spelled; empty for a name.
    """

    name: str
    operator: str
    number: str


@dataclass(frozen=True)
class Code:
    """What one or several blocks hold, comments left out.

    Attributes:
        text: The code in lower case.
        tokens: Names and numbers, in their order.
        reads: How often each name is read or called; `x += 1` reads `x` too.
        writes: How often each name is assigned to.
        numbers: How often each number occurs, by its spelling.
        operators: How often each of `OPERATORS` occurs.
        num_lines: Lines that hold anything.
        num_comments: How many comments there were.
    """

    text: str = ""
    tokens: Sequence[Token] = ()
    reads: Counts = field(default_factory=dict)
    writes: Counts = field(default_factory=dict)
    numbers: Counts = field(default_factory=dict)
    operators: Counts = field(default_factory=dict)
    num_lines: int = 0
    num_comments: int = 0

    @property
    def num_tokens(self) -> int:
        """Names, numbers and operators."""
        return len(self.tokens) + sum(self.operators.values())


_NO_CODE = Code()


def read_code(text: str) -> Code:
    """Reads a block of equations, or a shader. Never raises."""
    if not text:
        return _NO_CODE
    text = text.lower()
    num_comments = 0
    if "/" in text:
        text, num_comments = _COMMENT.subn(" ", text)
    spellings = _TOKEN.findall(text)
    reads, writes, numbers = _counts(Counter(spellings))
    return Code(
        text=text,
        tokens=list(map(_TOKENS.__getitem__, spellings)),
        reads=reads,
        writes=writes,
        numbers=numbers,
        operators={operator: text.count(operator) for operator in OPERATORS},
        num_lines=len(list(filter(None, map(str.strip, text.split("\n"))))),
        num_comments=num_comments,
    )


def without_comments(text: str) -> str:
    """Returns code with a blank for each comment."""
    return _COMMENT.sub(" ", text) if "/" in text else text


def joined(codes: Iterable[Code]) -> Code:
    """Returns several pieces of code as one."""
    codes = [code for code in codes if code is not _NO_CODE]
    if len(codes) <= 1:
        return codes[0] if codes else _NO_CODE
    return Code(
        text="\n".join([code.text for code in codes]),
        tokens=list(chain.from_iterable([code.tokens for code in codes])),
        reads=summed([code.reads for code in codes]),
        writes=summed([code.writes for code in codes]),
        numbers=summed([code.numbers for code in codes]),
        operators=summed([code.operators for code in codes]),
        num_lines=sum([code.num_lines for code in codes]),
        num_comments=sum([code.num_comments for code in codes]),
    )


def summed(counts: Sequence[Counts]) -> Counts:
    """Adds counts name by name."""
    total = dict(counts[0])
    for other in counts[1:]:
        for name, count in other.items():
            total[name] = total.get(name, 0) + count
    return total


def _token(spelling: str) -> Token:
    """Takes apart what `_TOKEN` has found."""
    if spelling[0] in _NUMBER_START:
        return Token("", "", spelling)
    assignment = _ASSIGNMENT.search(spelling)
    name = spelling[: assignment.start()].rstrip() if assignment else spelling
    return Token(name.partition(".")[0], assignment[0] if assignment else "", "")


_TOKENS = Remembered(_token)


def _counts(num_of: Mapping[str, int]) -> tuple[Counts, Counts, Counts]:
    """Returns how often each name is read, each is written, and each number occurs."""
    reads: dict[str, int] = {}
    writes: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for spelling, count in num_of.items():
        name, operator, number = _TOKENS[spelling]
        if number:
            numbers[number] = count
            continue
        if operator:
            writes[name] = writes.get(name, 0) + count
        if operator != "=":
            reads[name] = reads.get(name, 0) + count
    return reads, writes, numbers


class NameGroups:
    """Groups of names that are counted together.

    Args:
        prefix: Stands before the name of each group, with a dot between.
        groups: Names by group; a name may be in several.
    """

    def __init__(self, prefix: str, groups: Mapping[str, Sequence[str]]) -> None:
        self._zeros: dict[str, float] = {f"{prefix}.{group}": 0 for group in groups}
        self._groups_of: dict[str, list[str]] = defaultdict(list)
        for group, names in groups.items():
            for name in names:
                self._groups_of[name].append(f"{prefix}.{group}")

    def count(self, num_of: Counts) -> dict[str, float]:
        """Returns how often the names of each group occur."""
        counts = self._zeros.copy()
        for name in self._groups_of.keys() & num_of.keys():
            for group in self._groups_of[name]:
                counts[group] += num_of[name]
        return counts


def num_registers(names: Iterable[str]) -> int:
    """Returns how many of `names` are `q` variables, which carry values from block to block."""
    return sum([_REGISTER.fullmatch(name) is not None for name in names])
