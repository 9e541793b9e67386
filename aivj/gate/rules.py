"""A rule, and what it finds: the one shape that every table of the gate has.

A rule says in a sentence what it demands of a thing, and judges it: a run's folder, a folder of
evidence, a page that was played, a pack that is to be accepted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from aivj.contracts.checks import CheckResult, Verdict
from aivj.contracts.json_text import ContractModel

Subject = TypeVar("Subject")

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

    def __str__(self) -> str:
        return self.text if self.line is None else f"line {self.line}: {self.text}"


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Attributes:
        verdict: How it ended.
        found: Figures of what passed, the first problems of what failed, or why the rule does
            not apply.
        num_problems: How many breaches there are.
        lines: The first lines with one, ascending.
        figures: What stands beside it in a verification's report.
        document: What tells it at length; None if nothing does.
    """

    verdict: Verdict
    found: str
    num_problems: int = 0
    lines: tuple[int, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    document: ContractModel | None = None

    def beside(self, figures: Mapping[str, Any]) -> "Finding":
        """Returns it with figures beside it."""
        return replace(self, figures=figures)

    def at_length(self, document: ContractModel) -> "Finding":
        """Returns it with what tells it at length."""
        return replace(self, document=document)


def judged(problems: Iterable[Problem], good: str) -> Finding:
    """Fails with the first problems; without any it passes with the figures `good`."""
    breaches = list(problems)
    if not breaches:
        return Finding("pass", good)
    texts = [str(problem) for problem in breaches[:_SHOWN_PROBLEMS]]
    if len(breaches) > _SHOWN_PROBLEMS:
        texts.append(f"{len(breaches) - _SHOWN_PROBLEMS} more")
    lines = sorted({problem.line for problem in breaches if problem.line is not None})
    return Finding("fail", "; ".join(texts), len(breaches), tuple(lines[:_SHOWN_LINES]))


def held(good: bool, told: str, otherwise: str = "") -> Finding:
    """Passes with figures, or fails with other words, if there are any for it."""
    return passed(told) if good else failed(otherwise or told)


def passed(told: str) -> Finding:
    """Passes with figures."""
    return Finding("pass", told)


def failed(text: str) -> Finding:
    """Fails with one problem."""
    return judged([Problem(text)], "")


def not_applicable(reason: str) -> Finding:
    """Neither passes nor fails: there is nothing the rule is about."""
    return Finding("not-applicable", reason)


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """What a thing has to be like.

    Attributes:
        name: Its name in the result.
        expected: What it demands, in a sentence.
        judge: Judges a thing by it.
        remedy: What to do when it fails.
    """

    name: str
    expected: str
    judge: Callable[[Subject], Finding]
    remedy: str

    def result(
        self, finding: Finding, *, required: bool | None = None, with_lines: bool = False
    ) -> CheckResult:
        """Puts the rule and what it found together.

        Args:
            finding: What it found.
            required: Whether all fails with it; None where all rules are alike in that.
            with_lines: Whether problems are counted and their lines named.
        """
        return CheckResult(
            verdict=finding.verdict,
            required=required,
            expected=self.expected,
            found=finding.found,
            remedy=self.remedy if finding.verdict == "fail" else None,
            num_problems=finding.num_problems if with_lines else None,
            lines=list(finding.lines) if with_lines else None,
        )


def rule(
    name: str, expected: str, remedy: str
) -> Callable[[Callable[[Subject], Finding]], Rule[Subject]]:
    """Makes a rule of the function below it, which judges by it."""
    return lambda judge: Rule(name, expected, judge, remedy)
