"""Presets drawn from a library in an order that a seed decides, no content twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aivj.packs.scan import PresetFile
from aivj.presets.author import preset_family
from aivj.presets.digest import hash_milk
from aivj.presets.milk import Milk, parse_milk
from aivj.storage import sha256_hex

MAX_PRESET_BYTES = 256 * 1024
"""Presets are a few thousand bytes of text, the largest known some 36,000; more is no preset."""

_MIN_DIGITS = 3

Unusable = Literal["unreadable", "too large", "empty"]
"""Why a file is no preset."""


@dataclass(frozen=True)
class Rejection:
    """Why a preset is not drawn.

    Attributes:
        reason: In the same words for all presets of which it is true; they are counted.
        detail: What it is of this one.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class PassedOver:
    """A preset that was looked at and not drawn.

    Attributes:
        source: Which.
        rejection: Why.
    """

    source: PresetFile
    rejection: Rejection


Accept = Callable[[PresetFile, bytes], bool | Rejection]
"""Says whether a preset may be drawn, or why not; for example, since it does not convert."""


@dataclass(frozen=True)
class DrawnPreset:
    """One preset that was drawn.

    Attributes:
        source: Where it came from.
        data: Its bytes, as they are in the library.
        milk: What they say.
        content_hash: Equal for files that hold the same preset.
        family: Whose it is, read from its name.
    """

    source: PresetFile
    data: bytes
    milk: Milk
    content_hash: str
    family: str


@dataclass(frozen=True)
class DrawnPair:
    """Two drawn presets that are to be shown together.

    Attributes:
        number: Id of the pair, or its rank in an elite list.
        stem: Begins the names of its two copies; safe in a URL as it stands.
        fg: Foreground.
        bg: Background.
    """

    number: int
    stem: str
    fg: DrawnPreset
    bg: DrawnPreset

    @property
    def fg_file(self) -> str:
        """The foreground's copy, relative to the folder of the draw."""
        return f"fg/{self.stem}_fg.milk"

    @property
    def bg_file(self) -> str:
        """The background's copy, relative to the folder of the draw."""
        return f"bg/{self.stem}_bg.milk"

    def copies(self) -> dict[str, bytes]:
        """Returns the bytes of both copies by their relative paths."""
        return {self.fg_file: self.fg.data, self.bg_file: self.bg.data}


def name_pairs(
    letter: str, first: int, pairs: Sequence[tuple[DrawnPreset, DrawnPreset]]
) -> list[DrawnPair]:
    """Numbers pairs from `first` and names them `<letter>007` with as many digits as it takes."""
    last = first + len(pairs) - 1
    digits = max(_MIN_DIGITS, len(str(last)))
    return [
        DrawnPair(number, f"{letter}{number:0{digits}}", fg, bg)
        for number, (fg, bg) in enumerate(pairs, first)
    ]


class SeededDraw:
    """Iterates over a library's presets in an order that depends on seed and paths alone.

    The order is that of SHA-256 over purpose, seed and relative path: the same on every machine
    and Python, and presets added to a library do not disturb the order of the others.

    Attributes:
        presets: What is drawn from.
        seed: Decides the order.
        skipped: How many presets were passed over so far, by reason; those that the scan of the
            library passed over come first.
        passed_over: Those presets, without what the scan passed over.
    """

    def __init__(
        self,
        library: Sequence[PresetFile],
        *,
        purpose: str,
        seed: int,
        accept: Accept | None = None,
        passed_over: Mapping[str, int] | None = None,
    ) -> None:
        self.presets = library
        self.seed = seed
        self.skipped: Counter[str] = Counter(passed_over)
        self.passed_over: list[PassedOver] = []
        self._order = sorted(library, key=lambda file: _draw_key(purpose, seed, file))
        self._accept = accept

    def __iter__(self) -> Iterator[DrawnPreset]:
        seen: set[str] = set()
        for file in self._order:
            preset = self._read(file)
            if preset is None:
                continue
            if preset.content_hash in seen:
                self.pass_over(file, Rejection("duplicate"))
                continue
            seen.add(preset.content_hash)
            verdict = True if self._accept is None else self._accept(file, preset.data)
            if isinstance(verdict, Rejection):
                self.pass_over(file, verdict)
            elif verdict:
                yield preset
            else:
                self.pass_over(file, Rejection("rejected"))

    def pass_over(self, file: PresetFile, rejection: Rejection) -> None:
        """Notes why a preset is not used."""
        self.skipped[rejection.reason] += 1
        self.passed_over.append(PassedOver(file, rejection))

    def _read(self, file: PresetFile) -> DrawnPreset | None:
        """Reads one preset, or notes why it is none."""
        read = read_preset(file)
        if isinstance(read, DrawnPreset):
            return read
        self.pass_over(file, Rejection(read))
        return None


def read_preset(file: PresetFile) -> DrawnPreset | Unusable:
    """Reads one preset; returns why it is none if that is so."""
    try:
        with file.path.open("rb") as stream:
            data = stream.read(MAX_PRESET_BYTES + 1)
    except OSError:
        return "unreadable"
    if len(data) > MAX_PRESET_BYTES:
        return "too large"
    milk = parse_milk(data)
    if milk.is_empty:
        return "empty"
    return DrawnPreset(file, data, milk, hash_milk(milk), preset_family(file.relative_path, milk))


def _draw_key(purpose: str, seed: int, file: PresetFile) -> tuple[str, str]:
    text = f"{purpose}\0{seed}\0{file.relative_path}"
    return sha256_hex(text.encode("utf-8", "backslashreplace")), file.relative_path
