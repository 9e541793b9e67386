"""What a block of equations or a shader names, reads and writes, counted in one pass.

MilkDrop's equations (EEL) and shaders (HLSL) are alike enough for one tokenizer: names,
numbers, single symbols, `//` and `/* */` comments, and `name =` or `name +=` for an assignment.
Neither minds the case of names. Nothing is evaluated.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TOKEN = re.compile(
    r"([a-z_][a-z0-9_]*)(?:\s*([-+*/%|&]?=)(?!=))?"  # a name, perhaps assigned to
    r"|[0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?|\.[0-9]+(?:e[-+]?[0-9]+)?"
    r"|[^\sa-z0-9_]"
)
_REGISTER = re.compile(r"q[1-9][0-9]?|_q[a-h]")


@dataclass(frozen=True)
class CodeFacts:
    """Counts over code, comments left out.

    Attributes:
        num_lines: Lines that hold anything.
        num_tokens: Names, numbers and symbols.
        reads: How often each lower-case name is read or called; `x += 1` reads `x` too.
        writes: How often each lower-case name is assigned to.
    """

    num_lines: int
    num_tokens: int
    reads: Counter[str]
    writes: Counter[str]

    def __add__(self, other: Self) -> "CodeFacts":
        return CodeFacts(
            num_lines=self.num_lines + other.num_lines,
            num_tokens=self.num_tokens + other.num_tokens,
            reads=self.reads + other.reads,
            writes=self.writes + other.writes,
        )


def read_code(*blocks: str) -> CodeFacts:
    """Counts what blocks of equations, or a shader, hold together. Never raises."""
    code = _COMMENT.sub(" ", "\n".join(blocks).lower())
    tokens: Counter[tuple[str, str]] = Counter(_TOKEN.findall(code))
    reads: Counter[str] = Counter()
    writes: Counter[str] = Counter()
    for (name, assignment), count in tokens.items():
        if name and assignment:
            writes[name] += count
        if name and assignment != "=":
            reads[name] += count
    return CodeFacts(
        num_lines=sum(1 for line in code.split("\n") if line.strip()),
        num_tokens=tokens.total() + writes.total(),
        reads=reads,
        writes=writes,
    )


def count_groups(
    prefix: str, groups: Mapping[str, Sequence[str]], names: Counter[str]
) -> dict[str, float]:
    """Returns how often the names of each group occur, under `prefix.group`."""
    return {f"{prefix}.{key}": sum(names[name] for name in group) for key, group in groups.items()}


def flag_groups(
    prefix: str, groups: Mapping[str, Sequence[str]], names: Counter[str]
) -> dict[str, float]:
    """Returns 1 for each group of which a name occurs and 0 for the others."""
    return {
        f"{prefix}.{key}": float(any(name in names for name in group))
        for key, group in groups.items()
    }


def num_registers(names: Iterable[str]) -> int:
    """Returns how many of `names` are `q` variables, which carry values from block to block."""
    return sum(_REGISTER.fullmatch(name) is not None for name in names)
