"""How figures, times and foreign names are worded."""

import math
import unicodedata
from datetime import UTC, datetime

NO_FIGURE = "\N{EN DASH}"
"""What stands where there is nothing to say."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BYTE_ESCAPES = range(0xDC80, 0xDD00)
_PLAIN_CONTROLS = "\n\t"
_SMALLEST_PLAIN = 1e-3
_MINUTE_S = 60
_HOUR_S = 3600
_SHORT_S = 0.1
_LONG_S = 10


def printable(text: str) -> str:
    """Returns `text` so that it can be written and shown, whatever its origin.

    Bytes that Python smuggled through a file name become the Latin-1 characters they were;
    control and direction-changing characters, which could blank a page or turn a name round,
    become the replacement character.
    """
    if text.isprintable():
        return text
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if ord(character) in _BYTE_ESCAPES:
        character = chr(ord(character) - 0xDC00)
    is_hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    return "\ufffd" if is_hidden and character not in _PLAIN_CONTROLS else character


def power_of_ten(exponent: int) -> str:
    """Returns `10⁻⁵` and the like."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def significant(value: float | None) -> str:
    """Returns a figure with two significant digits, as a power of ten where it is tiny."""
    if value is None:
        return NO_FIGURE
    if value == 0 or abs(value) >= _SMALLEST_PLAIN:
        return f"{value:.2g}" if abs(value) < 1 else f"{value:.2f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}\N{MULTIPLICATION SIGN}{power_of_ten(int(exponent))}"


def fixed(value: float | None, digits: int = 3) -> str:
    """Returns a figure with a fixed number of decimals; a dash for none."""
    return NO_FIGURE if value is None else f"{value:.{digits}f}"


def counted(number: int, noun: str) -> str:
    """Returns `1 pair`, `2 pairs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(seconds: float) -> str:
    """Returns a time span as a person would say it: `40 ms`, `3.2 s`, `2 min 05 s`."""
    if seconds < _SHORT_S:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _LONG_S:
        return f"{seconds:.1f} s"
    whole = math.floor(seconds + 0.5)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S:02} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S:02} min"


def moment(time: datetime) -> str:
    """Returns a point in time in UTC, to the minute."""
    in_utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return f"{in_utc:%Y-%m-%d %H:%M} UTC"
