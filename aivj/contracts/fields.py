"""Field types that several contracts share."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, Field, Strict
from pydantic.fields import FieldInfo

T = TypeVar("T")

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer up to which JavaScript tells neighbours apart."""


def _is_none(value: object) -> bool:
    return value is None


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError("must be a whole JSON number (a string or a boolean is not one)")


def finite_number(value: object) -> float | None:
    """Returns the double that JavaScript would hold, or None if it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _encodable(value: object) -> object:
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


Omittable = Annotated[T | None, Field(exclude_if=_is_none)]
"""A value whose key is left out of the text when there is none."""

Count = Annotated[int, Field(ge=0, le=MAX_SAFE_INTEGER), BeforeValidator(_whole)]
"""A whole number, 0 or more; JSON's `7.0` is the number 7."""

PairId = Annotated[int, Field(ge=0, le=MAX_SAFE_INTEGER), BeforeValidator(_whole)]
"""The id of a pair: a JSON number, since the runtime never matches a string id."""

Number = Annotated[float, Strict()]
"""A finite JSON number; strings and booleans are refused, not converted."""


@dataclass(frozen=True)
class Within:
    """The range that a field's value keeps to, both ends in it.

    Readers take values beyond it, since other programs write them; `aivj check-run` names them.
    """

    low: float
    high: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


Share = Annotated[Number, Within(0, 1)]
"""A number from 0 to 1."""

Amount = Annotated[Number, Within(0)]
"""A number, 0 or more."""

Correlation = Annotated[Number, Within(-1, 1)]
"""A number from -1 to 1."""

NumberIfAny = Annotated[float | None, BeforeValidator(finite_number)]
"""A number the runtime copies only when it is one: anything else reads as None."""

OuterText = Annotated[str, BeforeValidator(_encodable)]
"""Text that came from a browser: lone surrogates are escaped so that it can be written."""


def within(field: FieldInfo) -> Within | None:
    """Returns the range of a model's field; None if it has none."""
    marks = [*field.metadata, *_marks(field.annotation)]
    return next((mark for mark in marks if isinstance(mark, Within)), None)


def ranged(model: BaseModel) -> Iterator[tuple[str, Any, Within]]:
    """Yields key, value and range of a model's own fields that have a range."""
    for name, field in type(model).model_fields.items():
        if bounds := within(field):
            yield field.alias or name, getattr(model, name), bounds


def _marks(annotation: Any) -> Iterator[object]:
    """Yields what types are annotated with, in unions too."""
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _marks(part)
