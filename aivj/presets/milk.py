"""The text of one `.milk` preset, taken apart into values, equations and shaders.

Reading never fails: presets are thirty years of hand-edited text, and one that makes no sense
is a preset with few values, not an error. The reading is MilkDrop's, and that of the converter
(`aivj/stage/web/src/convert/milk.ts`): of a key given twice the first counts, and the lines of a
block are those with the numbers 1, 2, 3 ... up to the first that is missing. Knows the layout of
the text alone; what equations and shaders mean is no business of this module.
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
_UTF16_LE, _UTF16_BE = b"\xff\xfe", b"\xfe\xff"
_KEY = re.compile(r"[ \t\v\f]*([^ \t\v\f=]+)([ \t\v\f]*)")
_PRESET_HEADER = re.compile(r"[ \t\v\f]*\[preset[0-9]*\]", re.IGNORECASE)
_PRESET_CODE = re.compile(r"(per_frame_init_|per_frame_|per_pixel_|warp_|comp_)([0-9]+)")
_PART_CODE = re.compile(
    r"(?:wave_(0|[1-9][0-9]{0,2})_(init|per_frame|per_point)"
    r"|shape_(0|[1-9][0-9]{0,2})_(init|per_frame))([0-9]+)"
)
_PART_VALUE = re.compile(r"(wave|shape)code_(0|[1-9][0-9]{0,2})_(.+)", re.DOTALL)

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
        values: Base values by lower-case key; always finite. Text that is no number is no value.
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
        num_duplicate_keys: Keys that came again.
        num_lines_behind_gaps: Code lines not read, because a number before theirs is missing.
        num_junk_lines: Lines that are neither a key with a value nor a `[header]` nor blank.
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
    num_lines_behind_gaps: int
    num_junk_lines: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the file says what to draw."""
        code = (self.init, self.per_frame, self.per_pixel, self.warp_shader, self.comp_shader)
        return not (self.raw or self.waves or self.shapes or any(code))


def leading_number(text: str) -> float | None:
    """Returns the number that a text begins with; None where there is none, or no finite one.

    `1.5abc` is 1.5. Words such as `inf` are no numbers.
    """
    match = NUMBER.match(text.lstrip(_BLANK))
    number = float(match[0]) if match else math.inf
    return number if math.isfinite(number) else None


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

    Bytes are taken as latin-1, or as UTF-16 behind its byte order mark. Line ends may be LF, CRLF
    or CR; NULs are dropped; keys are compared without regard to case. What stands behind the
    header of a second preset is not read.
    """
    raw: dict[str, str] = {}
    code: dict[_Block, dict[str, str]] = defaultdict(dict)
    num_duplicate_keys = num_junk_lines = 0
    for line in _first_preset(_text(data)).split("\n"):
        spelled, equals, value = line.partition("=")
        key, block, number = _KEYS[spelled]
        if not (equals and key):
            key, block, number, value = _blank_apart(line)
        if block is not None:
            num_duplicate_keys += number in code[block]
            code[block].setdefault(number, value)
        elif key:
            num_duplicate_keys += key in raw
            raw.setdefault(key, value.strip(_BLANK))
        else:
            num_junk_lines += _is_junk(line)
    return _assemble(raw, code, num_duplicate_keys, num_junk_lines)


def _text(data: bytes) -> str:
    if data.startswith((_UTF16_LE, _UTF16_BE)):
        data = _narrowed(data)
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    return data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")


def _narrowed(data: bytes) -> bytes:
    """Returns UTF-16 text as latin-1, with a question mark for what that does not have."""
    low, high = (2, 3) if data.startswith(_UTF16_LE) else (3, 2)
    units = zip(data[low::2], data[high::2], strict=False)
    return bytes(unit if rest == 0 else ord("?") for unit, rest in units)


def _first_preset(text: str) -> str:
    """Leaves out what stands behind a second header."""
    if text.lower().count("[preset") < 2:  # noqa: PLR2004 - a header and another one
        return text
    lines = text.split("\n")
    headers = [at for at, line in enumerate(lines) if _PRESET_HEADER.match(line)]
    return "\n".join(lines[: headers[1]] if len(headers) > 1 else lines)


def _is_junk(line: str) -> bool:
    """Tells whether a line that assigns nothing is neither blank nor a header."""
    line = line.strip(_BLANK)
    return bool(line) and not (line.startswith("[") and line.endswith("]"))


def _read_key(spelled: str) -> tuple[str, _Block | None, str]:
    """Returns a key in lower case, and the block and line number it stands for, if it does.

    What holds blanks is no key; the key returned is then empty.
    """
    key = spelled.strip(_BLANK).lower()
    if any(blank in key for blank in _BLANK):
        return "", None, ""
    if match := _PRESET_CODE.fullmatch(key):
        return key, ("", 0, match[1]), match[2]
    if match := _PART_CODE.fullmatch(key):
        wave, wave_block, shape, shape_block, number = match.groups()
        if wave is not None:
            return key, ("wave", int(wave), wave_block), number
        return key, ("shape", int(shape), shape_block), number
    return key, None, ""


def _blank_apart(line: str) -> tuple[str, _Block | None, str, str]:
    """Reads `key value`, which is allowed for code and for numbers; an empty key otherwise."""
    match = _KEY.match(line)
    if match is None or not match[2]:
        return "", None, "", ""
    key, block, number = _read_key(match[1])
    value = line[match.end() :]
    if block is not None or NUMBER.fullmatch(value.strip(_BLANK)):
        return key, block, number, value
    return "", None, "", ""


def _part_value(key: str) -> tuple[tuple[str, int], str] | None:
    """Returns the custom wave or shape whose value a key names, and the value's name."""
    match = _PART_VALUE.fullmatch(key)
    return ((match[1], int(match[2])), match[3]) if match else None


_KEYS = Remembered(_read_key)
_PART_VALUES = Remembered(_part_value)
_NUMBERS = Remembered(leading_number)


def _assemble(
    raw: Mapping[str, str],
    code: Mapping[_Block, Mapping[str, str]],
    num_duplicate_keys: int,
    num_junk_lines: int,
) -> Milk:
    """Builds the preset from its plain values and its numbered lines."""
    read = {block: _lines_read(numbered) for block, numbered in code.items()}
    text = {block: "\n".join(lines) for block, lines in read.items()}
    values: dict[str, float] = {}
    parts: dict[tuple[str, int], dict[str, float]] = {
        (part, index): {} for part, index, _ in text if part
    }
    for key, spelled in raw.items():
        place = _PART_VALUES[key]
        owner = values if place is None else parts.setdefault(place[0], {})
        if (number := _NUMBERS[spelled]) is not None:
            owner[key if place is None else place[1]] = number
    return Milk(
        values=values,
        raw=raw,
        init=text.get(("", 0, "per_frame_init_"), ""),
        per_frame=text.get(("", 0, "per_frame_"), ""),
        per_pixel=text.get(("", 0, "per_pixel_"), ""),
        waves=_waves(parts, text),
        shapes=_shapes(parts, text),
        warp_shader=text.get(("", 0, "warp_"), ""),
        comp_shader=text.get(("", 0, "comp_"), ""),
        ps_version=max(int(values.get(key, 0.0)) for key in _SHADER_VERSION_KEYS),
        milkdrop_preset_version=int(values.get("milkdrop_preset_version", _DEFAULT_PRESET_VERSION)),
        f_rating=values.get("frating"),
        num_duplicate_keys=num_duplicate_keys,
        num_lines_behind_gaps=sum(len(code[block]) - len(lines) for block, lines in read.items()),
        num_junk_lines=num_junk_lines,
    )


def _lines_read(numbered: Mapping[str, str]) -> list[str]:
    """Returns the lines up to the first missing number, each without a backtick at its start."""
    lines: list[str] = []
    while (line := numbered.get(str(len(lines) + 1))) is not None:
        lines.append(line.removeprefix("`"))
    return lines


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
