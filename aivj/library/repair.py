"""Presets without the parts that broke them: the same text, some of its lines left out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from aivj.errors import UnsafePathError
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.library.tables import FaultyPreset
from aivj.library.text import MAX_BYTES, clean_text
from aivj.packs.scan import PresetFile
from aivj.presets.digest import content_hash

_MAX_STEM_BYTES = 180
_NUM_DIGITS = 8


def _lines(keys: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*(?:{keys})[^\n]*\n", re.MULTILINE | re.IGNORECASE)


_WAVES = r"wavecode_\d+_|wave_\d+_"
_SHAPES = r"shapecode_\d+_|shape_\d+_"
_SHADERS = r"(?:warp|comp)_\d+[ \t]*=|PSVERSION"
_PER_PIXEL = r"per_pixel_\d+[ \t]*="

STRATEGIES: Mapping[str, re.Pattern[str] | None] = MappingProxyType(
    {
        "Clean": None,
        "NoShapes": _lines(_SHAPES),
        "NoWaves": _lines(_WAVES),
        "NoWavesNoShapes": _lines(f"{_WAVES}|{_SHAPES}"),
        "NoShaders": _lines(_SHADERS),
        "NoPerPixel": _lines(_PER_PIXEL),
        "NoWavesNoShapesNoShaders": _lines(f"{_WAVES}|{_SHAPES}|{_SHADERS}"),
    }
)
"""Lines that are left out, by name, in the order in which they are tried: the least first. `Clean`
leaves nothing out; only the text's faults are mended."""


@dataclass(frozen=True)
class RepairedPreset(PresetOnDisk):
    """A preset as a strategy makes it; made anew when its bytes are needed.

    Attributes:
        faulty: What it is made of.
        strategy: How.
    """

    faulty: FaultyPreset
    strategy: str

    @property
    def data(self) -> bytes:
        """Reads the file, and leaves out what the strategy leaves out."""
        return repaired(self.source.path.read_bytes(), self.strategy)


def repaired(data: bytes, strategy: str) -> bytes:
    """Returns a preset's bytes as a strategy of `STRATEGIES` makes them; never raises."""
    text = clean_text(data).text
    left_out = STRATEGIES[strategy]
    if left_out is not None:
        text = left_out.sub("", text)
    # Bytes that were no UTF-8 are Latin-1, and such bytes again.
    return text.encode("latin-1", "ignore") if _is_latin1(text) else text.encode()


def variants(library: Path, faulty: FaultyPreset) -> Iterator[RepairedPreset]:
    """Yields the presets that strategies make of one, each content once, in their order.

    Args:
        library: The library's folder.
        faulty: The preset. One that cannot be read, or is none by its size, has no variants.
    """
    path = library.joinpath(*PurePosixPath(faulty.rel_path).parts)
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except (OSError, ValueError):
        data = None
    if data is None:
        return
    seen = {content_hash(data)}
    for strategy in STRATEGIES:
        content = content_hash(repaired(data, strategy))
        if content not in seen:
            seen.add(content)
            yield RepairedPreset(PresetFile(faulty.rel_path, path), content, faulty, strategy)


def repaired_path(preset: RepairedPreset) -> str:
    """Returns where a repaired preset belongs below its pack, with `/`.

    Raises:
        UnsafePathError: The path that it was made of leads out of its library.
    """
    path = PurePosixPath(preset.faulty.rel_path)
    if path.is_absolute() or ".." in path.parts or "\0" in str(path):
        raise UnsafePathError(
            "a path below the library", repr(str(path)), "audit the library again"
        )
    stem = path.stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore")
    digits = preset.content_hash[:_NUM_DIGITS]
    return (path.parent / f"{stem}--{preset.strategy}-{digits}.milk").as_posix()


def _is_latin1(text: str) -> bool:
    return all(ord(character) < 256 for character in text)  # noqa: PLR2004 - of Latin-1
