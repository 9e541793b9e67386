"""A shard: a few takes as an Arrow IPC file with a record batch for each.

Where a take's batch begins and ends stands in the shard's marker, so that any one take is a single
read of its own bytes. Cells are written as changes from frame to frame (modulo 256), each cell's
changes beside each other, which zstd makes a quarter smaller than the cells as they are; pictures
are WebP already. Sizes and times: docs/log/takes.md.
"""

import functools
import io
import itertools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes, LayerCells
from aivj.takes.take import Drawn, Take, TakeFailure

SHARD_FORMAT = b"aivj-takes.v1"
_ZSTD_LEVEL = 3
_NUM_COLOURS = 3
# "ARROW1", padded; the schema follows, and then the batches.
_NUM_MAGIC = 8


class DamagedError(Exception):
    """Bytes of the store that are not what was written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its shard a take lies.

    Attributes:
        start: The first byte of its record batch.
        size: Bytes.
        checksum: CRC-32 of them.
    """

    start: int
    size: int
    checksum: int


def shard_bytes(takes: Sequence[Take]) -> tuple[bytes, list[Place]]:
    """Returns a shard and where each take lies in it."""
    import pyarrow as pa

    codec = pa.Codec("zstd", compression_level=_ZSTD_LEVEL)
    schema, sink = _schema(), io.BytesIO()
    ends = [_NUM_MAGIC + schema.serialize().size]
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_file(sink, schema, options=options) as writer:
        for take in takes:
            writer.write_batch(pa.RecordBatch.from_pylist([_row(take)], schema=schema))
            ends.append(sink.tell())
    data = sink.getvalue()
    places = [
        Place(start, end - start, zlib.crc32(data[start:end]))
        for start, end in itertools.pairwise(ends)
    ]
    return data, places


def take_of(data: bytes, place: Place) -> Take:
    """Reads a take out of the bytes of its record batch.

    Raises:
        DamagedError: They are not what was written.
    """
    import pyarrow as pa

    if len(data) != place.size:
        raise DamagedError(f"{len(data)} bytes instead of {place.size}")
    if zlib.crc32(data) != place.checksum:
        raise DamagedError("bytes that have changed since they were written")
    try:
        batch: Any = pa.ipc.read_record_batch(pa.py_buffer(data), _schema())
        (row,) = batch.to_pylist()
        return _take(row)
    except (pa.ArrowException, ValueError, TypeError, KeyError) as error:
        raise DamagedError(f"no take of this format: {error}") from error


def shard_takes(data: bytes) -> list[Take]:
    """Returns the takes of a shard that nobody told the places of; none if it cannot be read."""
    import pyarrow as pa

    try:
        return [_take(row) for row in pa.ipc.open_file(data).read_all().to_pylist()]
    except (pa.ArrowException, ValueError, TypeError, KeyError):
        return []


@functools.cache
def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        {
            "content": pa.string(),
            "renderer": pa.string(),
            "chromium": pa.string(),
            "failure": pa.list_(pa.string()),
            "cells": pa.binary(),
            "num_silent": pa.int32(),
            "pictures": pa.list_(pa.binary()),
            "load_ms": pa.float64(),
            "render_ms_per_frame": pa.float64(),
            "num_page_errors": pa.int64(),
            "num_console_errors": pa.int64(),
            "degraded": pa.list_(pa.string()),
        },
        metadata={b"format": SHARD_FORMAT},
    )


def _row(take: Take) -> dict[str, object]:
    row: dict[str, object] = {
        "content": take.content,
        "renderer": take.renderer,
        "chromium": take.chromium,
    }
    outcome = take.outcome
    if isinstance(outcome, TakeFailure):
        return row | {"failure": [outcome.kind, outcome.expected, outcome.found, outcome.remedy]}
    return row | {
        "cells": _changes(np.concatenate([outcome.cells.music, outcome.cells.silence])),
        "num_silent": len(outcome.cells.silence),
        "pictures": list(outcome.pictures),
        "load_ms": outcome.load_ms,
        "render_ms_per_frame": outcome.render_ms_per_frame,
        "num_page_errors": outcome.num_page_errors,
        "num_console_errors": outcome.num_console_errors,
        "degraded": list(outcome.degraded),
    }


def _take(row: dict[str, Any]) -> Take:
    outcome: Drawn | TakeFailure
    if row["failure"] is not None:
        kind, expected, found, remedy = row["failure"]
        outcome = TakeFailure(kind, expected, found, remedy)
    else:
        frames = _frames(row["cells"])
        first, middle, last = row["pictures"]
        num_music = len(frames) - row["num_silent"]
        outcome = Drawn(
            cells=LayerCells(frames[:num_music], frames[num_music:]),
            pictures=(first, middle, last),
            load_ms=row["load_ms"],
            render_ms_per_frame=row["render_ms_per_frame"],
            num_page_errors=row["num_page_errors"],
            num_console_errors=row["num_console_errors"],
            degraded=tuple(row["degraded"]),
        )
    return Take(row["content"], outcome, row["renderer"], row["chromium"])


def _changes(frames: Bytes) -> bytes:
    """Returns cells, uint8 of shape [num_frames, 36, 64, 3], as [3, 36, 64, num_frames] changes."""
    changes = frames.copy()
    changes[1:] -= frames[:-1]
    return changes.transpose(3, 1, 2, 0).tobytes()


def _frames(changes: bytes) -> Bytes:
    """Undoes `_changes`."""
    by_cell = np.frombuffer(changes, np.uint8).reshape(_NUM_COLOURS * CELL_ROWS * CELL_COLUMNS, -1)
    num_frames = by_cell.shape[1]
    # In two steps and frame by frame: a third of the time of one transposition and a cumsum.
    planes = np.ascontiguousarray(by_cell.T).reshape(num_frames, _NUM_COLOURS, -1)
    frames = np.empty((num_frames, CELL_ROWS * CELL_COLUMNS, _NUM_COLOURS), np.uint8)
    for colour in range(_NUM_COLOURS):
        frames[:, :, colour] = planes[:, colour]
    for frame in range(1, num_frames):
        frames[frame] += frames[frame - 1]
    return frames.reshape(num_frames, CELL_ROWS, CELL_COLUMNS, _NUM_COLOURS)
