"""JSON documents that are too large for memory: a long list in them is read and written by items.

The standard library's scanner reads each value from a window over the file; it is compiled, and an
item of a kilobyte costs it some ten microseconds.
"""

import codecs
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.errors import InputError

_CHUNK_BYTES = 1 << 20
_MAX_VALUE_CHARACTERS = 256 << 20
_BLANK = " \t\r\n"
_INDENT = b"  "
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


class CutOffError(InputError):
    """The text ends before its document does: whoever wrote it died, or is still writing."""


def stream_members(path: Path, *, listed: str) -> Iterator[tuple[str, Any]]:
    """Yields the members of a document's object, of one that is a list its items one by one.

    NaN and Infinity, which other programs may have written, read as None.

    Args:
        path: The document; a byte order mark is tolerated.
        listed: Key of the list that may be long.

    Yields:
        Key and value; `listed` and an item as often as there are items.

    Raises:
        CutOffError: The text ends too early; everything before was yielded.
        InputError: There is no such file, it is not JSON, no object, or `listed` is no list.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        found = "nothing there" if isinstance(error, FileNotFoundError) else f"{error.strerror}"
        raise InputError(f"a file at {path}", found, "check the path") from error
    with file:
        window = _Window(file, path)
        window.expect("{")
        if window.accept("}"):
            return
        while True:
            key = window.value()
            if not isinstance(key, str):
                raise window.broken(f"the key {key!r}")
            window.expect(":")
            if key == listed:
                yield from ((key, item) for item in _items(window))
            else:
                yield key, window.value()
            if not window.accept(","):
                window.expect("}")
                return


def _items(window: "_Window") -> Iterator[Any]:
    window.expect("[")
    if window.accept("]"):
        return
    yield window.value()
    while window.accept(","):
        yield window.value()
    window.expect("]")


class _Window:
    """The part of a text that is being read."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._num_passed = 0
        self._has_ended = False

    def expect(self, sign: str) -> None:
        """Passes a sign that must come next."""
        if not self.accept(sign):
            raise self.broken(f"{self._text[self._at]!r} where {sign!r} must stand")

    def accept(self, sign: str) -> bool:
        """Passes a sign if it comes next; blanks before it are passed at any rate."""
        self._pass_blanks()
        if self._text[self._at] != sign:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """Passes the value that comes next, and returns it."""
        self._pass_blanks()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if self._has_ended:
                    raise self._cut_off() from error
                if len(self._text) - self._at > _MAX_VALUE_CHARACTERS:
                    raise self.broken("a value without an end") from error
            except ValueError as error:
                raise self.broken(f"a number that is too long: {error}") from error
            else:
                # A number at the window's end may go on behind it; a list or object at least must.
                if end < len(self._text):
                    self._at = end
                    return value
                if self._has_ended:
                    raise self._cut_off()
            self._read_on()

    def broken(self, found: str) -> InputError:
        """Returns the error of a text that is not JSON here."""
        return InputError(
            f"JSON in {self._path}",
            f"{found}, {self._num_passed + self._at} characters in",
            "write the file again, or take it from where it came",
        )

    def _cut_off(self) -> CutOffError:
        return CutOffError(
            f"a whole JSON document in {self._path}",
            f"a text that breaks off or makes no sense {self._num_passed + self._at} characters in",
            "wait for its writer, or let it write the file again",
        )

    def _pass_blanks(self) -> None:
        """Goes on to the next sign; raises if there is none."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text):
                return
            if self._has_ended:
                raise self._cut_off()
            self._read_on()

    def _read_on(self) -> None:
        """Moves the window on; doubles it for a value that is longer than it."""
        size = max(_CHUNK_BYTES, len(self._text) - self._at)
        try:
            chunk = self._file.read(size)
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise self.broken("a byte that is not UTF-8") from error
        except OSError as error:
            raise self.broken(error.strerror or str(error)) from error
        self._has_ended = not chunk
        self._num_passed += self._at
        self._text = self._text[self._at :] + more
        self._at = 0


class DocumentWriter:
    """Writes a document's object member by member, as `document_bytes` would write it whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_first = True
        file.write(b"{")

    def members(self, model: ContractModel) -> None:
        """Writes all members of a model."""
        for key, value in model.model_dump(mode="json").items():
            self.member(key, value)

    def member(self, key: str, value: object) -> None:
        """Writes one member."""
        self._begin(key)
        self._file.write(_inner(value))

    def listed(self, key: str, items: Iterable[object]) -> None:
        """Writes a list, its items one by one."""
        self._begin(key)
        self._all(b"[", (_inner(item, 2) for item in items), b"]")

    def mapped(self, key: str, items: Iterable[tuple[str, object]]) -> None:
        """Writes an object, its members one by one."""
        self._begin(key)
        texts = (_inner(name) + b": " + _inner(value, 2) for name, value in items)
        self._all(b"{", texts, b"}")

    def end(self) -> None:
        """Writes what closes the document."""
        self._file.write(b"}\n" if self._is_first else b"\n}\n")

    def _begin(self, key: str) -> None:
        self._file.write(b"" if self._is_first else b",")
        self._file.write(b"\n" + _INDENT + _inner(key) + b": ")
        self._is_first = False

    def _all(self, opening: bytes, texts: Iterable[bytes], closing: bytes) -> None:
        self._file.write(opening)
        separator = b""
        for text in texts:
            self._file.write(separator + b"\n" + _INDENT * 2 + text)
            separator = b","
        self._file.write((b"\n" + _INDENT if separator else b"") + closing)


def _inner(value: object, depth: int = 1) -> bytes:
    """Returns a value as it stands inside a document, `depth` levels in."""
    # Pydantic writes a model in a tenth of the time, small numbers as JavaScript spells them.
    if isinstance(value, ContractModel):
        text = value.model_dump_json(indent=2).encode()
    else:
        text = document_bytes(value)[:-1]
    return text.replace(b"\n", b"\n" + _INDENT * depth)
