"""How one check of a run ended, and how its problems are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "not-applicable"]

_SHOWN_PROBLEMS = 3
_SHOWN_LINES = 10


@dataclass(frozen=True)
class Problem:
    """One breach of a rule.

    Attributes:
        text: What was found.
        line: Line of the log it stands in, from 1; None if it is in no line.
    """

    text: str
    line: int | None = None


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        verdict: How it ended.
        found: Figures of a passed check, the first problems of a failed one, or why the check
            does not apply.
        num_problems: How many breaches there are.
        lines: The first lines with one, ascending.
    """

    verdict: Verdict
    found: str
    num_problems: int = 0
    lines: tuple[int, ...] = ()


def judged(problems: Iterable[Problem], good: str) -> Finding:
    """Fails with the first problems; without any it passes with the figures `good`."""
    breaches = list(problems)
    if not breaches:
        return Finding("pass", good)
    texts = [_told(problem) for problem in breaches[:_SHOWN_PROBLEMS]]
    if len(breaches) > _SHOWN_PROBLEMS:
        texts.append(f"{len(breaches) - _SHOWN_PROBLEMS} more")
    lines = sorted({problem.line for problem in breaches if problem.line is not None})
    return Finding("fail", "; ".join(texts), len(breaches), tuple(lines[:_SHOWN_LINES]))


def not_applicable(reason: str) -> Finding:
    """Neither passes nor fails: there is nothing the rule is about."""
    return Finding("not-applicable", reason)


def _told(problem: Problem) -> str:
    return problem.text if problem.line is None else f"line {problem.line}: {problem.text}"
