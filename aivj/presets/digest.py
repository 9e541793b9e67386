"""What a preset is, apart from how its file happens to be written: its content hash."""

from collections.abc import Iterator

from aivj.presets.milk import NUMBER, Milk, parse_milk, parse_number
from aivj.presets.remembered import Remembered
from aivj.storage import sha256_hex

RATING_KEY = "frating"
"""The one value that says nothing of the picture."""


def content_hash(data: bytes) -> str:
    """Returns 64 hexadecimal digits, equal for files that hold the same preset.

    Line ends, blanks round lines and blank lines, the case and order of keys, the spelling of a
    number (`1` or `1.000`), a byte order mark, `[headers]`, lines that mean nothing and the
    rating do not matter. Every other value and every line of code does.
    """
    return hash_milk(parse_milk(data))


def hash_milk(milk: Milk) -> str:
    """Returns the content hash of a preset that has been read already."""
    values = [
        f"{key}={_SPELLINGS[value]}" for key, value in sorted(milk.raw.items()) if key != RATING_KEY
    ]
    # A NUL, which no preset holds, marks where a block begins.
    blocks = [f"\0{name}\n{lines}" for name, code in _blocks(milk) if (lines := _bare_lines(code))]
    return sha256_hex("\n".join([*values, *blocks]).encode("latin-1"))


def _bare_lines(code: str) -> str:
    """Returns the lines that hold anything, without blanks round them."""
    return "\n".join(filter(None, map(str.strip, code.split("\n")))) if code else ""


def _same_spelling(value: str) -> str:
    """Spells equal numbers alike, zero without a sign; leaves other text as it is."""
    return repr(parse_number(value) + 0.0) if NUMBER.fullmatch(value) else value


_SPELLINGS = Remembered(_same_spelling)


def _blocks(milk: Milk) -> Iterator[tuple[str, str]]:
    yield "init", milk.init
    yield "per_frame", milk.per_frame
    yield "per_pixel", milk.per_pixel
    yield "warp", milk.warp_shader
    yield "comp", milk.comp_shader
    for index, wave in milk.waves.items():
        yield f"wave {index} init", wave.init
        yield f"wave {index} per_frame", wave.per_frame
        yield f"wave {index} per_point", wave.per_point
    for index, shape in milk.shapes.items():
        yield f"shape {index} init", shape.init
        yield f"shape {index} per_frame", shape.per_frame
