"""What the audit reads of a preset's text: hygiene, what had to be mended, counts, numbers, tags.

The rules are those of the original's audit, which looks at lines and not at what MilkDrop makes of
them (`aivj.presets.milk` does). Reading never fails, whatever the bytes are.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aivj.contracts.preset_audit import AuditCounts
from aivj.packs.drawing import MAX_PRESET_BYTES
from aivj.presets.milk import NUMBER
from aivj.presets.tags import TagInputs, text_tags

MAX_BYTES = 8 * 1024 * 1024
"""Files that are larger are not read: no preset is."""

PARAMS = (
    "nWaveMode",
    "bWaveDots",
    "bWaveThick",
    "bModWaveAlphaByVolume",
    "fWaveAlpha",
    "fWaveScale",
    "fWarpScale",
    "fWarpAnimSpeed",
    "warp",
    "zoom",
    "fDecay",
    "fVideoEchoZoom",
    "fVideoEchoAlpha",
    "nMotionVectorsX",
    "nMotionVectorsY",
    "shapecount",
)
"""The numbers that an entry tells, as they are spelled there."""

_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPELLED = MappingProxyType({name.lower(): name for name in PARAMS})
_COUNTED = re.compile(
    r"^[ \t]*(?:(?P<per_frame>per_frame_\d)|(?P<per_pixel>per_pixel_\d)"
    r"|(?P<shape>shape\d)|(?P<wave_line>wave_))",
    re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_ASSIGNED = re.compile(
    rf"^[ \t]*({'|'.join(PARAMS)})[ \t]*=[ \t]*({NUMBER.pattern})",
    re.MULTILINE | re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class CleanText:
    """A preset's text as it should have been written.

    Attributes:
        text: Without byte order mark and control characters, lines ended by a line feed.
        decoded_as: `utf8`, or `latin1` where the bytes are none.
        fixes: What had to be done, in the contract's words and order.
    """

    text: str
    decoded_as: str
    fixes: Sequence[str]


@dataclass(frozen=True)
class TextFacts:
    """What an entry of the audit says of a preset's text."""

    decoded_as: str
    warnings: Sequence[str]
    fixes: Sequence[str]
    line_count: int
    counts: AuditCounts
    params: Mapping[str, float]
    tags: Sequence[str]


def clean_text(data: bytes) -> CleanText:
    """Decodes and mends the bytes of a preset; never raises."""
    has_bom = data.startswith(_BOM)
    bare = data.removeprefix(_BOM)
    try:
        text, decoded_as = bare.decode("utf-8"), "utf8"
    except UnicodeDecodeError:
        text, decoded_as = bare.decode("latin-1"), "latin1"
    has_returns = "\r" in text
    if has_returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, num_control = _CONTROL.subn("", text)
    lacks_end = bool(text) and not text.endswith("\n")
    fixes = {
        "decoded-latin1": decoded_as == "latin1",
        "removed-bom": has_bom,
        "normalized-line-endings": has_returns,
        "stripped-control-chars": num_control > 0,
        "ensure-trailing-newline": lacks_end,
    }
    return CleanText(
        text + "\n" * lacks_end, decoded_as, [fix for fix, is_done in fixes.items() if is_done]
    )


def hygiene(data: bytes) -> list[str]:
    """Returns what is odd about a file, in the contract's words."""
    found = {"empty": not data, "large": len(data) > MAX_PRESET_BYTES, "binary-nul": b"\0" in data}
    return [warning for warning, is_so in found.items() if is_so]


def text_facts(data: bytes) -> TextFacts:
    """Returns what the audit says of a preset's bytes; never raises."""
    clean = clean_text(data)
    counted = Counter(match.lastgroup for match in _COUNTED.finditer(clean.text))
    counts = AuditCounts(**{name: counted[name] for name in AuditCounts.model_fields})
    params = _params(clean.text)
    inputs = TagInputs(
        {name.lower(): value for name, value in params.items()},
        num_per_frame=counts.per_frame,
        num_per_pixel=counts.per_pixel,
        num_wave=counts.wave_line,
        num_shape=counts.shape,
    )
    return TextFacts(
        decoded_as=clean.decoded_as,
        warnings=hygiene(data),
        fixes=clean.fixes,
        line_count=clean.text.count("\n"),
        counts=counts,
        params=params,
        tags=text_tags(inputs),
    )


def _params(text: str) -> dict[str, float]:
    """Returns the first number that is assigned to each of `PARAMS`, in their order."""
    found: dict[str, float] = {}
    for key, spelled in _ASSIGNED.findall(text):
        name, number = _SPELLED[key.lower()], float(spelled)
        if name not in found and math.isfinite(number):
            found[name] = number
    return {name: found[name] for name in PARAMS if name in found}
