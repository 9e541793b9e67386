"""The text of one `.milk` preset, taken apart into values, equations and shaders.

Reading never fails: presets are thirty years of hand-edited text, and one that makes no sense
is a preset with few values, not an error. Knows the layout of the text alone; what equations
and shaders mean is no business of this module.
"""

import math
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from aivj.presets.remembered import Remembered

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?", re.IGNORECASE)
"""A decimal number as presets spell them."""

_BLANK = " \t\v\f"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# The digits are bounded, so that no key can name a number too long for `int`.
_PRESET_CODE = re.compile(r"(per_frame_init_|per_frame_|per_pixel_|warp_|comp_)([0-9]{1,9})")
_PART_CODE = re.compile(
    r"(?:wave_([0-9]{1,3})_(init|per_frame|per_point)|shape_([0-9]{1,3})_(init|per_frame))"
    r"([0-9]{1,9})"
)
_PART_VALUE = re.compile(r"(wave|shape)code_([0-9]{1,3})_(.+)", re.DOTALL)

_DEFAULT_PRESET_VERSION = 100
_SHADER_VERSION_KEYS = ("psversion", "psversion_warp", "psversion_comp")

_Block = tuple[str, int, str]  # (part, index, block): ("wave", 2, "per_point"), ("", 0, "warp_")


@dataclass(frozen=True)
class CustomWave:
    """One custom waveform: what `wavecode_N_*` and `wave_N_*` say.

    Attributes:
        values: Numbers by lower-case name, without the prefix, for example `samples`.
        init: Equations run once.
        per_frame: Equations run for each frame.
        per_point: Equations run for each point.
    """

    values: Mapping[str, float]
    init: str
    per_frame: str
    per_point: str

    @property
    def is_enabled(self) -> bool:
        """Whether it is drawn at all."""
        return self.values.get("enabled", 0.0) != 0.0


@dataclass(frozen=True)
class CustomShape:
    """One custom shape: what `shapecode_N_*` and `shape_N_*` say.

    Attributes:
        values: Numbers by lower-case name, without the prefix, for example `sides`.
        init: Equations run once.
        per_frame: Equations run for each frame and instance.
    """

    values: Mapping[str, float]
    init: str
    per_frame: str

    @property
    def is_enabled(self) -> bool:
        """Whether it is drawn at all."""
        return self.values.get("enabled", 0.0) != 0.0


@dataclass(frozen=True)
class Milk:
    r"""One preset. Code lines stand in the order of their numbers, joined with `\n`.

    Attributes:
        values: Base values by lower-case key; always finite.
        raw: The text of every key that is not code, custom waves and shapes included.
        init: `per_frame_init_N` equations.
        per_frame: `per_frame_N` equations.
        per_pixel: `per_pixel_N` equations.
        waves: Custom waveforms by index.
        shapes: Custom shapes by index.
        warp_shader: HLSL text of the warp shader, without backticks; empty where there is none.
        comp_shader: HLSL text of the composite shader, likewise.
        ps_version: Highest pixel shader version the preset names; 0 where it names none.
        milkdrop_preset_version: 100 for the first format, which does not say so; 201 is usual.
        f_rating: The author's or a collector's rating, usually 0..5; None where there is none.
        num_duplicate_keys: Keys that came again; the last one counts.
        num_junk_lines: Lines that are neither `key=value` nor a `[header]` nor blank.
    """

    values: Mapping[str, float]
    raw: Mapping[str, str]
    init: str
    per_frame: str
    per_pixel: str
    waves: Mapping[int, CustomWave]
    shapes: Mapping[int, CustomShape]
    warp_shader: str
    comp_shader: str
    ps_version: int
    milkdrop_preset_version: int
    f_rating: float | None
    num_duplicate_keys: int
    num_junk_lines: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the file says what to draw."""
        code = (self.init, self.per_frame, self.per_pixel, self.warp_shader, self.comp_shader)
        return not (self.raw or self.waves or self.shapes or any(code))


def parse_number(text: str) -> float:
    """Reads a number as C's `atof` does: the longest decimal prefix, and 0 for anything else.

    `1.5abc` is 1.5 and `abc` is 0. Words such as `inf` are no numbers, and what is too large for
    a float becomes the largest one, so the result is always finite.
    """
    match = NUMBER.match(text.lstrip(_BLANK))
    number = float(match[0]) if match else 0.0
    return number if math.isfinite(number) else math.copysign(sys.float_info.max, number)


def parse_milk(data: bytes) -> Milk:
    """Reads the bytes of a `.milk` file; never raises, whatever they are.

    Bytes are taken as latin-1. Line ends may be LF, CRLF or CR; byte order marks and NULs are
    dropped; keys are compared without regard to case.
    """
    plain: list[tuple[str, str]] = []
    code: dict[_Block, list[tuple[int, str]]] = defaultdict(list)
    num_junk_lines = 0
    for line in _text(data).split("\n"):
        spelled, equals, value = line.partition("=")
        key, block, number = _KEYS[spelled]
        if not (equals and key):
            num_junk_lines += _is_junk(line)
        elif block is None:
            plain.append((key, value))
        else:
            code[block].append((number, value))
    return _assemble(plain, code, num_junk_lines)


def _text(data: bytes) -> str:
    for mark in _BYTE_ORDER_MARKS:
        data = data.removeprefix(mark)
    text = data.replace(b"\0", b"").decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_junk(line: str) -> bool:
    """Tells whether a line that assigns nothing is neither blank nor a header."""
    line = line.strip(_BLANK)
    return bool(line) and not (line.startswith("[") and line.endswith("]"))


def _read_key(spelled: str) -> tuple[str, _Block | None, int]:
    """Returns a key in lower case, and the block and line number it stands for, if it does."""
    key = spelled.strip(_BLANK).lower()
    if match := _PRESET_CODE.fullmatch(key):
        return key, ("", 0, match[1]), int(match[2])
    if match := _PART_CODE.fullmatch(key):
        wave, wave_block, shape, shape_block, number = match.groups()
        if wave is not None:
            return key, ("wave", int(wave), wave_block), int(number)
        return key, ("shape", int(shape), shape_block), int(number)
    return key, None, 0


def _part_value(key: str) -> tuple[tuple[str, int], str] | None:
    """Returns the custom wave or shape whose value a key names, and the value's name."""
    match = _PART_VALUE.fullmatch(key)
    return ((match[1], int(match[2])), match[3]) if match else None


_KEYS = Remembered(_read_key)
_PART_VALUES = Remembered(_part_value)
_NUMBERS = Remembered(parse_number)


def _assemble(
    plain: list[tuple[str, str]],
    code: Mapping[_Block, list[tuple[int, str]]],
    num_junk_lines: int,
) -> Milk:
    """Builds the preset from its plain values and its numbered lines."""
    raw = {key: value.strip(_BLANK) for key, value in plain}
    lines = {block: dict(numbered) for block, numbered in code.items()}
    text = {block: _in_order(numbered) for block, numbered in lines.items()}
    values: dict[str, float] = {}
    parts: dict[tuple[str, int], dict[str, float]] = {
        (part, index): {} for part, index, _ in text if part
    }
    for key, value in raw.items():
        if (place := _PART_VALUES[key]) is None:
            values[key] = _NUMBERS[value]
        else:
            part, name = place
            parts.setdefault(part, {})[name] = _NUMBERS[value]
    return Milk(
        values=values,
        raw=raw,
        init=text.get(("", 0, "per_frame_init_"), ""),
        per_frame=text.get(("", 0, "per_frame_"), ""),
        per_pixel=text.get(("", 0, "per_pixel_"), ""),
        waves=_waves(parts, text),
        shapes=_shapes(parts, text),
        warp_shader=_without_backticks(text.get(("", 0, "warp_"), "")),
        comp_shader=_without_backticks(text.get(("", 0, "comp_"), "")),
        ps_version=max(int(values.get(key, 0.0)) for key in _SHADER_VERSION_KEYS),
        milkdrop_preset_version=int(values.get("milkdrop_preset_version", _DEFAULT_PRESET_VERSION)),
        f_rating=values.get("frating"),
        num_duplicate_keys=len(plain)
        - len(raw)
        + sum(len(numbered) - len(lines[block]) for block, numbered in code.items()),
        num_junk_lines=num_junk_lines,
    )


def _in_order(numbered: Mapping[int, str]) -> str:
    """Joins lines of code in the order of their numbers."""
    return "\n".join([numbered[number].rstrip(_BLANK) for number in sorted(numbered)])


def _waves(
    parts: Mapping[tuple[str, int], Mapping[str, float]], text: Mapping[_Block, str]
) -> dict[int, CustomWave]:
    return {
        index: CustomWave(
            values=values,
            init=text.get(("wave", index, "init"), ""),
            per_frame=text.get(("wave", index, "per_frame"), ""),
            per_point=text.get(("wave", index, "per_point"), ""),
        )
        for (part, index), values in sorted(parts.items())
        if part == "wave"
    }


def _shapes(
    parts: Mapping[tuple[str, int], Mapping[str, float]], text: Mapping[_Block, str]
) -> dict[int, CustomShape]:
    return {
        index: CustomShape(
            values=values,
            init=text.get(("shape", index, "init"), ""),
            per_frame=text.get(("shape", index, "per_frame"), ""),
        )
        for (part, index), values in sorted(parts.items())
        if part == "shape"
    }


def _without_backticks(shader: str) -> str:
    """Takes off the backtick that MilkDrop writes before each line of a shader."""
    return "\n".join(line.removeprefix("`") for line in shader.split("\n"))
