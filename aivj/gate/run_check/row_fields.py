"""The fields of a row one by one: their type, range, and whether they may be null."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.fields import MAX_SAFE_INTEGER, Within, finite_number, within
from aivj.contracts.json_text import shown
from aivj.gate.rules import Finding, Problem, judged, rule
from aivj.gate.run_check.json_lines import JsonLine, JsonLines
from aivj.gate.run_check.sources import MEND_WRITER, RunRules, of_lines


@dataclass(frozen=True)
class FieldRule:
    """What a field may hold."""

    meaning: str
    fits: Callable[[object], bool]


@rule(
    "rowFields",
    "each field has its type, is in its range, and is null only where it may be",
    MEND_WRITER,
)
@of_lines
def _fields(log: JsonLines) -> Finding:
    # A field that is missing is a matter of the keys' order.
    problems = (problem for line in log.lines for problem in _misfits(line))
    return judged(problems, f"{len(FIELD_RULES)} fields of {len(log.lines)} rows")


RULES: RunRules = (_fields,)


def _misfits(line: JsonLine) -> Iterator[Problem]:
    for key, value in (line.value or {}).items():
        rule = FIELD_RULES.get(key)
        if rule is not None and not rule.fits(value):
            yield Problem(f"{key} is {shown(value)}, not {rule.meaning}", line.number)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE_INTEGER


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(bounds: Within) -> FieldRule:
    meaning = (
        f"a number, {bounds.low:g} or more"
        if bounds.high == Within.high
        else f"a number from {bounds.low:g} to {bounds.high:g}"
    )

    def fits(value: object) -> bool:
        number = finite_number(value)
        return number is not None and number in bounds

    return FieldRule(meaning, fits)


_BY_TYPE: Mapping[object, FieldRule] = {
    bool: FieldRule("true or false", lambda value: isinstance(value, bool)),
    int: FieldRule("a whole number, 0 or more", _is_whole),
    str: FieldRule("text", lambda value: isinstance(value, str) and bool(value)),
    list[str]: FieldRule("a list of texts", _is_texts),
}


def _rule_of(field: FieldInfo) -> FieldRule:
    """Returns what a field of a row may hold, by its type.

    Readers take more: numbers beyond their range, 7.0 for 7, null for what is better left out.
    """
    kinds = _kinds(field.annotation)
    kind, bounds = kinds[0], within(field)
    if get_origin(kind) is Literal:
        words = get_args(kind)
        rule = FieldRule(" or ".join(map(repr, words)), lambda value: value in words)
    elif kind is float and bounds is not None:
        rule = _is_number(bounds)
    else:
        rule = _BY_TYPE[kind]
    if type(None) not in kinds or field.exclude_if is not None:
        return rule
    return FieldRule(f"{rule.meaning} or null", lambda value: value is None or rule.fits(value))


def _kinds(annotation: Any) -> list[object]:
    """Returns what a type is one of, without its marks."""
    if get_origin(annotation) is Annotated:
        return _kinds(annotation.__origin__)
    if get_origin(annotation) in {Union, UnionType}:
        return [kind for part in get_args(annotation) for kind in _kinds(part)]
    return [annotation]


FIELD_RULES: Mapping[str, FieldRule] = {
    field.alias or name: _rule_of(field) for name, field in EvalRow.model_fields.items()
}
"""Rules by key: of the contract's keys, then of ours, which are left out rather than null."""
