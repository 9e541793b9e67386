"""Markers: what makes a shard exist, and tells what is in it without reading it.

A marker is written after its shard and names every take of it, so a writer that dies leaves at most
a shard without one. Its own name holds digits of its SHA-256: a marker that is cut short or changed
is known for it.
"""

import functools
import io
import secrets
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aivj.storage import sha256_hex
from aivj.takes.store.shard import SHARD_FORMAT, DamagedError, Place
from aivj.takes.take import Take, TakeFailure

_SHARD_SUFFIX = ".arrow"
_MARKER_SUFFIX = ".index"
_NUM_DIGITS = 16
_NUM_NAME_PARTS = 3
_COLUMNS = (
    *("content", "written_us", "start", "size", "checksum"),
    *("renderer", "chromium", "kind", "expected", "found", "remedy"),
)


class Entry(NamedTuple):
    """What the store knows of a take without reading it.

    Attributes:
        shard: Name of the shard that it lies in.
        content: The preset's content hash.
        written_us: When it was handed to its writer, microseconds since 1970: of two drawn takes
            of a preset the first counts, of two failures the last.
        place: Where in the shard it lies.
        renderer: The driver's unmasked name.
        chromium: Version of the browser.
        failure: Why the preset could not be drawn; None if it was.
    """

    shard: str
    content: str
    written_us: int
    place: Place
    renderer: str
    chromium: str
    failure: TakeFailure | None

    @classmethod
    def of(cls, take: Take, *, shard: str, written_us: int, place: Place) -> "Entry":
        """Returns the entry of a take that was written."""
        failure = take.outcome if isinstance(take.outcome, TakeFailure) else None
        return cls(shard, take.content, written_us, place, take.renderer, take.chromium, failure)


@dataclass(frozen=True)
class Marker:
    """A shard that exists.

    Attributes:
        name: Its own name.
        shard: Name of the shard.
        shard_size: Bytes of the shard.
        entries: The takes in it.
    """

    name: str
    shard: str
    shard_size: int
    entries: Sequence[Entry]


class OtherFormatError(DamagedError):
    """A marker of a form that this version does not know."""


def new_shard_name() -> str:
    """Returns a name that nobody else gives, later ones behind earlier ones."""
    return f"{time.time_ns() // 1000:016x}-{secrets.token_hex(_NUM_DIGITS // 2)}{_SHARD_SUFFIX}"


def named_us(shard: str) -> int:
    """Returns when a shard was named, microseconds since 1970; 0 if its name does not tell."""
    try:
        return int(shard.partition("-")[0], 16)
    except ValueError:
        return 0


def is_shard(name: str) -> bool:
    """Tells whether an object is a shard by its name."""
    return name.endswith(_SHARD_SUFFIX)


def is_marker(name: str) -> bool:
    """Tells whether an object is a marker by its name."""
    return name.endswith(_MARKER_SUFFIX)


def shard_of(marker: str) -> str:
    """Returns the shard that a marker stands for, by its name."""
    return marker.partition(".")[0] + _SHARD_SUFFIX


def marker_bytes(entries: Sequence[Entry], shard_size: int) -> tuple[str, bytes]:
    """Returns name and content of the marker of a shard, which all `entries` lie in."""
    import pyarrow as pa

    rows = [
        (
            *(entry.content, entry.written_us),
            *(entry.place.start, entry.place.size, entry.place.checksum),
            *(entry.renderer, entry.chromium),
            *(_told(entry.failure)),
        )
        for entry in entries
    ]
    columns = zip(*rows, strict=True)
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, _schema(), strict=True)
    ]
    schema = _schema().with_metadata({"format": SHARD_FORMAT, "shard_size": str(shard_size)})
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(sink, schema, options=options) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    data = sink.getvalue()
    stem = entries[0].shard.removesuffix(_SHARD_SUFFIX)
    return f"{stem}.{sha256_hex(data)[:_NUM_DIGITS]}{_MARKER_SUFFIX}", data


def read_marker(name: str, data: bytes) -> Marker:
    """Reads a marker.

    Raises:
        OtherFormatError: It is whole, and of a form that this version does not know.
        DamagedError: It is not what was written.
    """
    import pyarrow as pa

    parts = name.split(".")
    if len(parts) != _NUM_NAME_PARTS or parts[1] != sha256_hex(data)[:_NUM_DIGITS]:
        raise DamagedError("a marker whose content is not the one that its name stands for")
    try:
        reader = pa.ipc.open_file(data)
        metadata = reader.schema.metadata or {}
        if metadata.get(b"format") != SHARD_FORMAT:
            raise OtherFormatError(f"a marker of the form {metadata.get(b'format')!r}")
        table: Any = reader.read_all()
        columns = [table[column].to_pylist() for column in _COLUMNS]
        shard = shard_of(name)
        entries = [_entry(shard, *row) for row in zip(*columns, strict=True)]
        return Marker(name, shard, int(metadata[b"shard_size"]), entries)
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise DamagedError(f"no marker: {error}") from error


def counting(entries: Iterable[Entry], counted: dict[str, Entry]) -> None:
    """Puts into `counted`, by content, what of `entries` counts more than what is there.

    A drawn take counts more than any failure, a final failure more than another. Of two drawn takes
    the first counts, of two failures alike the last; names decide where the times are one.
    """
    for entry in entries:
        there = counted.get(entry.content)
        if there is None or _rank(entry) > _rank(there):
            counted[entry.content] = entry


def _rank(entry: Entry) -> tuple[int, int, str]:
    if entry.failure is None:
        return 2, -entry.written_us, entry.shard
    return int(entry.failure.is_final), entry.written_us, entry.shard


@functools.cache
def _schema() -> Any:
    import pyarrow as pa

    integers = {"written_us", "start", "size", "checksum"}
    return pa.schema({name: pa.int64() if name in integers else pa.string() for name in _COLUMNS})


def _told(failure: TakeFailure | None) -> tuple[str | None, ...]:
    if failure is None:
        return None, None, None, None
    return failure.kind, failure.expected, failure.found, failure.remedy


def _entry(
    shard: str,
    content: str,
    written_us: int,
    start: int,
    size: int,
    checksum: int,
    renderer: str,
    chromium: str,
    *told: str | None,
) -> Entry:
    failure = None if told[0] is None else TakeFailure(*(text or "" for text in told))
    place = Place(start, size, checksum)
    # A store has few of these, and many takes.
    return Entry(
        shard, content, written_us, place, sys.intern(renderer), sys.intern(chromium), failure
    )
