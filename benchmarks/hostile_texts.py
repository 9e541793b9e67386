"""Presets that would break what reads or draws them, made of real ones with a seed.

Each says what is known of it from how it was made, so that a verdict need not ask the reader.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.hostile_code import BROKEN_CODE, BROKEN_SHADERS, ENDLESS_CODE, ODD_CODE, ODD_SHADERS

Expected = Literal["told", "same", "any"]
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
_HUGE_VALUES = (
    *("nMotionVectorsX=1e9", "nMotionVectorsY=64", "nWaveMode=99", "fWarpScale=1e300"),
    *("fDecay=-5", "zoom=0", "fVideoEchoZoom=0", "nVideoEchoOrientation=-7", "b1n=1e38"),
    *("wavecode_0_enabled=1", "wavecode_0_samples=1000000000", "wavecode_0_sep=1e9"),
    *("shapecode_0_enabled=1", "shapecode_0_sides=1000000000", "shapecode_0_rad=1e30"),
    "shapecode_0_num_inst=1000000000",
)
_NO_NUMBERS = ("nan", "inf", "-1e400", "1e400", "", "0x10", "1,5", "- 3", "1e", "--1", "3.4e38")
_PAGE_NAMES = ("__proto__", "constructor", "toString", "hasOwnProperty", "enabled", "waves")


@dataclass(frozen=True)
class Hostile:
    """A hostile preset.

    Attributes:
        kind: How it was made.
        data: Its bytes.
        expected: `told`: a part cannot be drawn, and it must be said; `same`: as `base` to whoever
            reads as MilkDrop does; `any`: nothing is known, it may be valid.
        parts: How the broken part may be called; one is enough.
        base: The preset that it was made of.
    """

    kind: str
    data: bytes
    expected: Expected
    parts: tuple[str, ...] = ()
    base: bytes = b""


class Maker:
    """Makes hostile presets, the same ones from the same seed and presets.

    Args:
        presets: Paths of whole presets to make them of.
        seed: Chooses presets, places and words.
    """

    def __init__(self, presets: Sequence[Path], seed: int) -> None:
        self._presets = presets
        self._random = random.Random(seed)  # noqa: S311 - a seeded choice

    def make(self, count: int) -> Iterator[Hostile]:
        """Yields `count` presets, kind after kind and round again."""
        kinds = self._kinds()
        for number in range(count):
            kind, make = kinds[number % len(kinds)]
            yield make(kind)

    def _kinds(self) -> list[tuple[str, Callable[[str], Hostile]]]:
        texts: dict[str, Callable[[str], str]] = {
            "cut in a line": lambda text: text[: self._random.randrange(len(text))],
            "bytes changed": self._bytes_changed,
            "lines lost": lambda text: "\n".join(self._some(text.split("\n"), 0.95)),
            "letters shuffled": self._letters_shuffled,
            "numbers that are none": self._no_numbers,
            "noise inside": self._noise_inside,
            "half of UTF-16": self._half_of_utf16,
            "code spliced": self._code_spliced,
            "shader spliced": self._shader_spliced,
            "huge values": lambda text: self._with_values(text, _HUGE_VALUES),
            "names of the page": lambda text: self._with_values(
                text, [f"{name}=1" for name in _PAGE_NAMES]
            ),
        }
        equals: dict[str, Callable[[str], str]] = {
            "lines shuffled": self._lines_shuffled,
            "keys repeated": self._keys_repeated,
            "NULs inside": lambda text: "".join(
                letter + "\0" * self._random.choice([0, 0, 0, 0, 1]) for letter in text
            ),
            "mixed line ends": lambda text: "".join(
                line + self._random.choice(["\r", "\n", "\r\n"]) for line in text.split("\n")
            ),
            "UTF-16": lambda text: ("\ufeff" + text).encode("utf-16-le").decode("latin-1"),
            "junk of a megabyte": lambda text: text + "\n//" + "=" * 1_000_000 + "\n\n",
            "a second preset": lambda text: text + "\n[preset01]\nfDecay=0\nper_frame_1=zoom=(\n",
        }
        whats: dict[str, Callable[[str], Hostile]] = {
            **{kind: self._of_text(change, "any") for kind, change in texts.items()},
            **{kind: self._of_text(change, "same") for kind, change in equals.items()},
            "no preset": self._no_preset,
            "wave or shape too many": self._too_many,
            "loops for ever for each vertex": self._endless_vertices,
        }
        for kind, code in ODD_CODE.items():
            whats[kind] = self._of_code(code, "any", ())
        for kind, code in BROKEN_CODE.items():
            whats[kind] = self._of_code(code, "told", ("per_frame is left out",))
        for kind, code in ENDLESS_CODE.items():
            whats[kind] = self._of_code(code, "told", ("equations are left out in frames",))
        for kind, code in ODD_SHADERS.items():
            whats[kind] = self._of_shader(code, "any")
        for kind, code in BROKEN_SHADERS.items():
            whats[kind] = self._of_shader(code, "told")
        return list(whats.items())

    def _text(self) -> str:
        text = self._random.choice(self._presets).read_bytes().decode("latin-1")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _some(self, lines: list[str], share: float) -> list[str]:
        return [line for line in lines if self._random.random() < share]

    def _of_text(
        self, change: Callable[[str], str], expected: Expected
    ) -> Callable[[str], Hostile]:
        def make(kind: str) -> Hostile:
            text = self._text()
            base = text.encode("latin-1")
            return Hostile(kind, _bytes(change(text)), expected, base=base)

        return make

    def _of_code(
        self, code: Callable[[random.Random], str], expected: Expected, parts: tuple[str, ...]
    ) -> Callable[[str], Hostile]:
        def make(kind: str) -> Hostile:
            text = with_block(self._text(), "per_frame", code(self._random).split("\n"))
            return Hostile(kind, _bytes(text), expected, parts)

        return make

    def _of_shader(
        self, code: Callable[[random.Random], str], expected: Expected
    ) -> Callable[[str], Hostile]:
        def make(kind: str) -> Hostile:
            which = self._random.choice(["warp", "comp"])
            lines = [f"`{line}" for line in code(self._random).split("\n")]
            head = "MILKDROP_PRESET_VERSION=201\nPSVERSION=3\n"
            text = with_block(head + self._text(), which, lines)
            return Hostile(kind, _bytes(text), expected, (f"{which} shader", "texture '"))

        return make

    def _bytes_changed(self, text: str) -> str:
        letters = list(text)
        for _ in range(self._random.randrange(1, 40)):
            letters[self._random.randrange(len(letters))] = chr(self._random.randrange(256))
        return "".join(letters)

    def _letters_shuffled(self, text: str) -> str:
        lines = text.split("\n")
        for at in self._random.sample(range(len(lines)), min(3, len(lines))):
            key, equals, value = lines[at].partition("=")
            lines[at] = key + equals + "".join(self._random.sample(value, len(value)))
        return "\n".join(lines)

    def _no_numbers(self, text: str) -> str:
        def changed(line: str) -> str:
            key, equals, _ = line.partition("=")
            if not equals or key[-1:].isdigit() or self._random.choice([True, False]):
                return line
            return key + equals + self._random.choice(_NO_NUMBERS)

        return "\n".join(changed(line) for line in text.split("\n"))

    def _noise_inside(self, text: str) -> str:
        at = self._random.randrange(len(text))
        return text[:at] + self._random.randbytes(500).decode("latin-1") + text[at:]

    def _half_of_utf16(self, text: str) -> str:
        wide = text.encode("utf-16-be").decode("latin-1")
        at = self._random.randrange(len(wide))
        return self._random.choice(["\u00fe\u00ff" + wide[:at], "\u00ff\u00fe" + text, wide[at:]])

    def _code_spliced(self, text: str) -> str:
        own, other = (block_lines(each, "per_frame") for each in (text, self._text()))
        at = self._random.randrange(len(own) + 1)
        lines = [*own[:at], *other, *own[at:]]
        if lines:
            cut = self._random.randrange(len(lines))
            lines[cut] = lines[cut][: len(lines[cut]) // 2]
        return with_block(text, "per_frame", lines)

    def _shader_spliced(self, text: str) -> str:
        own, other = (block_lines(each, "comp") for each in (text, self._text()))
        lines = own[: len(own) // 2] + other[self._random.randrange(len(other) + 1) :]
        return with_block(text, "comp", lines)

    def _with_values(self, text: str, values: Sequence[str]) -> str:
        chosen = self._random.sample(list(values), len(values))
        header, newline, rest = text.partition("\n")
        return header + newline + "\n".join([*chosen, rest])

    def _lines_shuffled(self, text: str) -> str:
        # Of a key given twice the first counts, so that only files without such can be shuffled.
        header, _, rest = _each_key_once(text).partition("\n")
        lines = rest.split("\n")
        return "\n".join([header, *self._random.sample(lines, len(lines))])

    def _keys_repeated(self, text: str) -> str:
        keys = [line.partition("=")[0] for line in text.split("\n") if "=" in line]
        again = self._random.choices(keys or ["fDecay"], k=200)
        return text + "\n" + "\n".join(f"{key}=0.123" for key in again)

    def _no_preset(self, kind: str) -> Hostile:
        data = self._random.choice([b"", b"[preset00]\r\n", b"\0" * 5000, _PNG, b"\n\n \n"])
        return Hostile(kind, data, "told", ("no preset",))

    def _too_many(self, kind: str) -> Hostile:
        what, index = self._random.choice(["wave", "shape"]), self._random.randrange(16, 1000)
        lines = [f"{what}code_{index}_enabled=1", f"{what}_{index}_per_frame1=x=0.5;"]
        data = _bytes(self._text() + "\n" + "\n".join(lines))
        return Hostile(kind, data, "told", (f"custom {what}s beyond the first 16",))

    def _endless_vertices(self, kind: str) -> Hostile:
        code = ["loop(900000,", f"loop({self._random.randrange(10**5, 10**6)}, zoom=pow(zoom,2)));"]
        data = _bytes(with_block(self._text(), "per_pixel", code))
        return Hostile(kind, data, "told", ("equations are left out in frames",))


def block_lines(text: str, block: str) -> list[str]:
    """Returns the lines of code of a block, in the file's order."""
    parts = (line.partition("=") for line in text.split("\n"))
    return [value for key, _, value in parts if _is_line_of(key, block)]


def with_block(text: str, block: str, lines: Sequence[str]) -> str:
    """Returns the text with other lines of code in a block."""
    kept = [line for line in text.split("\n") if not _is_line_of(line.partition("=")[0], block)]
    code = [f"{block}_{number}={line}" for number, line in enumerate(lines, 1)]
    return "\n".join([*kept, *code, ""])


def _is_line_of(key: str, block: str) -> bool:
    name, _, number = key.strip().lower().rpartition("_")
    return name == block and number.isdigit()


def _each_key_once(text: str) -> str:
    lines: dict[str, str] = {}
    for line in text.split("\n"):
        lines.setdefault(line.partition("=")[0].strip().lower(), line)
    return "\n".join(lines.values())


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")
