"""MilkDrop 3's double presets: a text that holds two presets, taken apart or refused.

Two forms are known, both seen in the wild. In one, `[PRESET1_BEGIN]` ... `[PRESET1_END]` and
`[PRESET2_BEGIN]` ... `[PRESET2_END]` each hold an ordinary preset, usually behind a line `NAME=`;
before them stands how they are blended. In the other, `[preset00]` and `[preset01]` follow each
other. Anything else is no double preset here: a form that nobody described is not guessed at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aivj.packs.drawing import MAX_PRESET_BYTES, Rejection
from aivj.packs.milk2_sniff import sniff
from aivj.presets.milk import parse_milk

MAX_DOUBLE_BYTES = 4 * MAX_PRESET_BYTES
"""Two presets, and sprites between them."""

_MARKERS = ("preset1_begin", "preset1_end", "preset2_begin", "preset2_end")
_MARKER = re.compile(
    rb"^[ \t]*\[(preset[12]_(?:begin|end))\][ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_HEADER = re.compile(rb"^[ \t]*\[(preset[0-9]{1,4})\]", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(rb"\s*NAME[ \t]*=([^\r\n]*)(?:\r\n|\n|\r|$)", re.IGNORECASE)
_SPRITE = re.compile(rb"^[ \t]*\[sprite[0-9]+_begin\]", re.IGNORECASE | re.MULTILINE)
_BLENDING = re.compile(
    r"[ \t]*(blending_[a-z_]{1,40}|random_[0-9]{1,3})[ \t]*=(.{0,64})", re.IGNORECASE
)
_MAX_NAME = 200
_MAX_BLENDING = 32
_NUM_SHOWN = 8


@dataclass(frozen=True)
class InnerPreset:
    """One of the two presets.

    Attributes:
        name: What the file calls it; empty if it does not.
        data: Its text, as it would stand in a `.milk` file.
    """

    name: str
    data: bytes


@dataclass(frozen=True)
class DoublePreset:
    """Two presets that are to be shown together.

    Attributes:
        first: The one that comes first.
        second: The other.
        blending: What is said of how they are blended, by lower-case key, as it is spelled.
        num_sprites: Pictures that lie over them, which a pair of presets has no place for.
    """

    first: InnerPreset
    second: InnerPreset
    blending: Mapping[str, str]
    num_sprites: int


def split_double_preset(data: bytes) -> DoublePreset | Rejection:
    """Takes a double preset apart; returns what was found instead if it is none. Never raises.

    Args:
        data: The whole file.
    """
    if len(data) > MAX_DOUBLE_BYTES:
        return Rejection("too large", f"more than {MAX_DOUBLE_BYTES} bytes")
    looked_at = sniff(data, file="", size_bytes=len(data))
    if not looked_at.sniff.looks_text:
        return Rejection("not text", _not_text(data, looked_at.sniff.printable_ratio))
    text = data.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    parts = _between_markers(text)
    if parts is None:
        parts = _behind_headers(text)
    if isinstance(parts, Rejection):
        return parts
    if parts is None:
        return Rejection("no two presets", _found(text, looked_at.hints.candidate_paths))
    header, inner = parts
    presets = [_inner(part) for part in inner]
    for number, preset in enumerate(presets, start=1):
        if isinstance(preset, Rejection):
            return Rejection(preset.reason, f"preset {number}: {preset.detail}")
    first, second = (each for each in presets if isinstance(each, InnerPreset))
    return DoublePreset(first, second, _blending(header), len(_SPRITE.findall(text)))


_Parts = tuple[bytes, Sequence[bytes]]
"""What stands before the presets, and the two."""


def _between_markers(text: bytes) -> _Parts | Rejection | None:
    """Divides the first form; None if the text has no marker of it."""
    found = list(_MARKER.finditer(text))
    if not found:
        return None
    names = [match[1].decode().lower() for match in found]
    if names != list(_MARKERS):
        shown = ", ".join(names[:_NUM_SHOWN])
        return Rejection("markers out of order", f"{shown} instead of {', '.join(_MARKERS)}")
    begin1, end1, begin2, end2 = found
    return text[: begin1.start()], [
        text[begin1.end() : end1.start()].lstrip(b"\r\n"),
        text[begin2.end() : end2.start()].lstrip(b"\r\n"),
    ]


def _behind_headers(text: bytes) -> _Parts | None:
    """Divides the second form; None if the text is none."""
    found = list(_HEADER.finditer(text))
    if [match[1].lower() for match in found] != [b"preset00", b"preset01"]:
        return None
    first, second = found
    body = text[second.end() :]
    return text[: first.start()], [text[first.start() : second.start()], b"[preset00]" + body]


def _inner(part: bytes) -> InnerPreset | Rejection:
    name = ""
    if match := _NAME.match(part):
        name, part = _readable(match[1]), part[match.end() :]
    if len(part) > MAX_PRESET_BYTES:
        return Rejection("too large", f"{len(part)} bytes are no preset")
    if len(headers := _HEADER.findall(part)) > 1:
        return Rejection("more than one preset in one place", f"{len(headers)} headers")
    if parse_milk(part).is_empty:
        return Rejection("empty", "nothing in it says what to draw")
    return InnerPreset(name, part)


def _readable(name: bytes) -> str:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    return "".join(char for char in text if char.isprintable()).strip()[:_MAX_NAME]


def _blending(header: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in header.decode("latin-1").splitlines():
        if (match := _BLENDING.fullmatch(line.rstrip())) and len(found) < _MAX_BLENDING:
            found.setdefault(match[1].lower(), match[2].strip())
    return found


def _not_text(data: bytes, printable_ratio: float) -> str:
    if not data:
        return "nothing in it"
    nul = "a NUL and " if b"\0" in data else ""
    return f"{nul}{printable_ratio:.0%} printable characters; begins with {data[:8].hex(' ')}"


def _found(text: bytes, paths: Sequence[str]) -> str:
    headers = [match[1].decode() for match in _HEADER.finditer(text)]
    told = [
        f"headers {', '.join(headers[:_NUM_SHOWN])}" if headers else "no header of a preset",
        f"paths of presets: {', '.join(paths[:_NUM_SHOWN])}" if paths else "",
    ]
    return "; ".join(filter(None, told))
