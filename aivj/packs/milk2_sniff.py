"""Looks at a `.milk2` file without believing anything of it: text or not, and what it names."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from aivj.contracts.milk2_sniff import Milk2Sniff, TextHints, TextSigns
from aivj.errors import InputError

DEFAULT_MAX_BYTES = 2 * 1024 * 1024
"""How much of a file is looked at."""

_MIN_PRINTABLE, _MAX_REPLACED = 0.9, 0.01
_DECIMALS = 4
_MAX_PATHS, _MAX_LINES, _NUM_HEAD_LINES = 200, 80, 30
_NUM_HEAD_BYTES = 4096
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A path in quotes may hold blanks; any other ends at one.
_QUOTED = re.compile(r"""["']([^"'\r\n]+\.milk2?)["']""", re.IGNORECASE)
_WORD = re.compile(r"""[^\s"'=<>|,;()\[\]{}]+""")
_SUFFIXES = (".milk", ".milk2")
_INTERESTING = re.compile(r"\.milk2?|preset|blend|pattern", re.IGNORECASE)


def sniff_file(path: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Milk2Sniff:
    """Looks at the beginning of a file.

    Args:
        path: The file.
        max_bytes: How much of it is read.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    data, size = read_head(path, max_bytes)
    return sniff(data, file=str(path), size_bytes=max(size, len(data)))


def read_head(path: Path, max_bytes: int) -> tuple[bytes, int]:
    """Returns the first bytes of a file, and the size of it all.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"a .milk2 file at {path}", "something else", "name the file itself")
    try:
        with path.open("rb") as file:
            return file.read(max_bytes), os.fstat(file.fileno()).st_size
    except OSError as error:
        raise InputError(
            f"a .milk2 file at {path}", error.strerror or str(error), "check the path"
        ) from error


def sniff(data: bytes, *, file: str, size_bytes: int) -> Milk2Sniff:
    """Says of bytes whether they are text, and what the text names; never raises.

    Args:
        data: What was read.
        file: What to call it.
        size_bytes: How large the whole file is.
    """
    text = data.decode("utf-8", "replace")
    signs = text_signs(data, text)
    lines = re.split(r"\r\n|\n|\r", text)
    head = data[:_NUM_HEAD_BYTES]
    lower = text.lower()
    return Milk2Sniff(
        file=file,
        size_bytes=size_bytes,
        bytes_read=len(data),
        sniff=signs,
        hints=TextHints(
            candidate_paths=_first(_paths(text), _MAX_PATHS) if signs.looks_text else [],
            interesting_lines=[
                line.strip() for line in lines if _INTERESTING.search(line) and line.strip()
            ][:_MAX_LINES],
            preview_head_lines=lines[:_NUM_HEAD_LINES],
            has_data_image="data:image" in lower,
            has_base64_markers="base64" in lower,
            has_png_magic_in_head=_PNG_MAGIC in head,
        ),
    )


def text_signs(data: bytes, text: str) -> TextSigns:
    """Judges whether bytes are text.

    Args:
        data: The bytes.
        text: What they read as.
    """
    num_replaced = text.count(_REPLACEMENT)
    num = len(text)
    ratio = 1 - len(_UNPRINTABLE.findall(text)) / num if num else 0.0
    has_null = b"\0" in data
    is_text = not has_null and ratio >= _MIN_PRINTABLE and num_replaced < _MAX_REPLACED * num
    return TextSigns(
        has_null_byte=has_null,
        replacement_count=num_replaced,
        printable_ratio=round(ratio, _DECIMALS),
        looks_text=is_text,
    )


def _paths(text: str) -> Iterator[str]:
    yield from (match[1].strip() for match in _QUOTED.finditer(text))
    bare = _QUOTED.sub(" ", text)
    yield from (word for word in _WORD.findall(bare) if word.lower().endswith(_SUFFIXES))


def _first(texts: Iterable[str], num: int) -> list[str]:
    """Returns the first different ones."""
    found: dict[str, None] = {}
    for text in texts:
        found.setdefault(text)
        if len(found) == num:
            break
    return list(found)
