"""Field types that several contracts share."""

import math
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, Strict

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

NumberIfAny = Annotated[float | None, BeforeValidator(finite_number)]
"""A number the runtime copies only when it is one: anything else reads as None."""

OuterText = Annotated[str, BeforeValidator(_encodable)]
"""Text that came from a browser: lone surrogates are escaped so that it can be written."""
