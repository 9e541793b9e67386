"""What a preset is, apart from how its file happens to be written: its content hash."""

from collections.abc import Iterator
from functools import lru_cache

from aivj.presets.milk import NUMBER, Milk, parse_milk, parse_number
from aivj.storage import sha256_hex

RATING_KEY = "frating"
"""The one value that says nothing of the picture."""

_NUM_REMEMBERED = 32_768


def content_hash(data: bytes) -> str:
    """Returns 64 hexadecimal digits, equal for files that hold the same preset.

    Line ends, blanks round lines and blank lines, the case and order of keys, the spelling of a
    number (`1` or `1.000`), a byte order mark, `[headers]`, lines that mean nothing and the
    rating do not matter. Every other value and every line of code does.
    """
    return hash_milk(parse_milk(data))


def hash_milk(milk: Milk) -> str:
    """Returns the content hash of a preset that has been read already."""
    return sha256_hex("\n".join(_normalised(milk)).encode("latin-1"))


def _normalised(milk: Milk) -> Iterator[str]:
    """Yields the preset line by line. A NUL, which no preset holds, marks where a block begins."""
    for key, value in sorted(milk.raw.items()):
        if key != RATING_KEY:
            yield f"{key}={_same_spelling(value)}"
    for name, code in _blocks(milk):
        lines = [line.strip() for line in code.split("\n")]
        if any(lines):
            yield f"\0{name}"
            yield from filter(None, lines)


@lru_cache(_NUM_REMEMBERED)
def _same_spelling(value: str) -> str:
    """Spells equal numbers alike, zero without a sign; leaves other text as it is."""
    return repr(parse_number(value) + 0.0) if NUMBER.fullmatch(value) else value


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
