"""JSON text exactly as other programs read it, and tolerant reading of theirs.

Knows how a contract becomes bytes and comes back; knows nothing of any one contract.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from aivj.errors import InputError

_STRING_OR_CONSTANT = re.compile(r'"(?:\\.|[^"\\])*"|(NaN|-?Infinity)', re.DOTALL)
_REPR_LENGTH = 80


class ContractModel(BaseModel):
    """What crosses a file: snake_case names here, camelCase keys there, in declared order.

    Unknown keys are ignored when reading. A field typed `Omittable` is absent from the text when
    it is None; any other None is written as `null`.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
    )


Model = TypeVar("Model", bound=ContractModel)


def document_bytes(value: object) -> bytes:
    """Returns a model or JSON value as a document: 2-space pretty, UTF-8, trailing newline.

    Raises:
        InputError: A number in it is NaN or infinite: browsers reject the whole file then.
    """
    return _encoded(value, indent=2, separators=(",", ": "))


def row_bytes(value: object) -> bytes:
    r"""Returns a model or JSON value as one compact line with its `\n`.

    Raises:
        InputError: A number in it is NaN or infinite.
    """
    return _encoded(value, indent=None, separators=(",", ":"))


def _encoded(value: object, *, indent: int | None, separators: tuple[str, str]) -> bytes:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    try:
        text = json.dumps(
            plain, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
        )
    except ValueError as error:
        raise InputError(
            "only finite numbers in what is written",
            str(error),
            "find the stage that produced the number; nothing was written",
        ) from error
    # A lone surrogate has no UTF-8 form; what this error handler writes is its JSON escape.
    return f"{text}\n".encode(errors="backslashreplace")


def parse_json(data: bytes, source: str) -> Any:
    """Reads JSON as a browser would, with a byte order mark tolerated.

    Args:
        data: The text's bytes.
        source: What to call the text in errors: usually its path.

    Raises:
        InputError: Not UTF-8, not JSON, or JSON with NaN or Infinity; names `source` and place.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(source, f"a byte that is not UTF-8 at offset {error.start}") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _broken(source, f"{error.msg} at line {error.lineno} column {error.colno}") from error
    except _ConstantError as error:
        raise _broken(source, f"{error} at {_constant_place(text)}") from error
    except RecursionError as error:
        raise _broken(source, "brackets nested too deeply") from error
    except ValueError as error:
        raise _broken(source, f"a number that is too long: {error}") from error


class _ConstantError(Exception):
    """Carries a NaN or Infinity out of the standard library's parser."""


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _constant_place(text: str) -> str:
    start = next(match.start(1) for match in _STRING_OR_CONSTANT.finditer(text) if match[1])
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return f"line {line} column {column}"


def _broken(source: str, found: str) -> InputError:
    return InputError(f"JSON in {source}", found, "mend the file at that place, or write it again")


def read_bytes(path: Path) -> bytes:
    """Reads a whole file.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"a file at {path}", "nothing there", "check the path") from error
    except OSError as error:
        raise InputError(
            f"a readable file at {path}", f"{error.strerror}", "check what is at that path"
        ) from error


def read_object(path: Path) -> dict[str, Any]:
    """Reads a document whose top level is an object.

    Raises:
        InputError: It is missing, not JSON, or another kind of value.
    """
    value = parse_json(read_bytes(path), str(path))
    if not isinstance(value, dict):
        raise InputError(
            f"a JSON object in {path}", shown(value), "check that it is the right file"
        )
    return value


def validated(model: type[Model], value: object, source: str) -> Model:
    """Turns a parsed JSON value into a model.

    Raises:
        InputError: The value does not fit; names `source`, the place and what was found there.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the top level"
        rule = first["msg"].removeprefix("Value error, ")
        missing = first["type"] == "missing"
        raise InputError(
            f"a valid {model.__name__} in {source}, at {place}: {rule}",
            "no such key" if missing else shown(first["input"]),
            f"mend the file ({error.error_count()} such places), or write it again",
        ) from error


def shown(value: object) -> str:
    """Returns a short form of `value` for a message."""
    text = repr(value)
    return text if len(text) <= _REPR_LENGTH else f"{text[:_REPR_LENGTH]}..."


def iso_utc(time: datetime) -> str:
    """Returns an aware time as ISO-8601 UTC with milliseconds and `Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Reads an ISO-8601 time with `Z` or an explicit offset; digits beyond microseconds are cut.

    Raises:
        InputError: Not such a time, or one without an offset, whose moment nobody knows.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_time(text) from error
    if time.tzinfo is None:
        raise _bad_time(text)
    return time


def _bad_time(text: str) -> InputError:
    return InputError(
        "an ISO-8601 time with 'Z' or an offset",
        shown(text),
        "write it as 2026-03-01T09:00:00.000Z",
    )
