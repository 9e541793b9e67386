"""What a preset's code is made of, as terms that can be counted and weighed.

Hand-made features ask what somebody thought of; terms are whatever people wrote. Each name,
operator and number of the code is a term behind the kind of its block (`per_pixel_:sin`,
`comp_:tex2d`), numbers as `#` alone, and so is each pair of neighbours. Each value of the preset is
one with its key, rounded to a digit behind the point. Comments, the rating and versions are left
out: they tell who saved a file, not what it draws.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from aivj.presets.digest import RATING_KEY
from aivj.presets.milk import Milk, leading_number
from aivj.presets.remembered import Remembered
from aivj.presets.tokens import without_comments

TERMS_SPEC = "terms-v1"
"""Stands for the terms and how they are spelled; any change to them needs a new version."""

_TOKEN = re.compile(
    r"[a-z_][a-z0-9_]*"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?"
    r"|[-+*/%<>=!&|]=|&&|\|\||[-+*/%(),;=<>&|!?:.{}\[\]^]"
)
_NUMBER = "#"
_VERSION = "version"


def code_terms(milk: Milk) -> Counter[str]:
    """Returns how often each term occurs in a preset. Never raises."""
    terms: Counter[str] = Counter()
    for kind, code in _blocks(milk):
        if not code:
            continue
        tokens = [_SPELLED[token] for token in _TOKEN.findall(without_comments(code.lower()))]
        for token, count in Counter(tokens).items():
            terms[f"{kind}:{token}"] += count
        for (token, after), count in Counter(pairwise(tokens)).items():
            terms[f"{kind}:{token} {after}"] += count
    for key, value in milk.raw.items():
        if key != RATING_KEY and _VERSION not in key:
            terms[f"{key}={_ROUNDED[value]}"] += 1
    return terms


def _blocks(milk: Milk) -> Iterator[tuple[str, str]]:
    """Yields all code; all custom waves, and all shapes, are of one kind."""
    yield "per_frame_init_", milk.init
    yield "per_frame_", milk.per_frame
    yield "per_pixel_", milk.per_pixel
    for wave in milk.waves.values():
        yield "wave_init", wave.init
        yield "wave_per_frame", wave.per_frame
        yield "wave_per_point", wave.per_point
    for shape in milk.shapes.values():
        yield "shape_init", shape.init
        yield "shape_per_frame", shape.per_frame
    yield "warp_", milk.warp_shader
    yield "comp_", milk.comp_shader


def _spelled(token: str) -> str:
    is_number = token[0].isdigit() or (token[0] == "." and len(token) > 1)
    return _NUMBER if is_number else token


def _rounded(value: str) -> str:
    number = leading_number(value)
    return value if number is None else f"{round(number, 1) + 0.0:.1f}"


_SPELLED: Mapping[str, str] = Remembered(_spelled)
_ROUNDED: Mapping[str, str] = Remembered(_rounded)
