"""The audit's store: a folder of Parquet shards that are only ever added, each with a marker.

A marker is written after its shard, so a writer that dies leaves at most a shard without one, which
does not exist for readers. Of rows about the same preset the one in the later shard counts, so that
a file that changed, or another probe, needs no shard written anew. Readers lock nothing.
"""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel, document_bytes, parse_json, validated
from aivj.contracts.preset_audit import AuditCounts
from aivj.errors import InputError
from aivj.library.text import PARAMS
from aivj.storage import open_atomic, write_atomic

if TYPE_CHECKING:
    import pyarrow as pa

ShardKind = Literal["text", "quality", "repair"]

_SHARD_SUFFIX, _MARKER_SUFFIX = ".parquet", ".marker.json"


class Marker(ContractModel):
    """What makes a shard exist."""

    num_rows: Count = Field(description="Rows of the shard")
    num_bytes: Count = Field(description="Its size, by which a shard that was cut is known")


@dataclass(frozen=True)
class Shard:
    """A shard that exists.

    Attributes:
        path: Its file. Names of later shards are behind those of earlier ones.
        kind: What its rows are.
        num_rows: How many.
    """

    path: Path
    kind: ShardKind
    num_rows: int


def find_shards(folder: Path) -> list[Shard]:
    """Returns the shards of a store, the earlier first; none where there is no store.

    A shard that is cut short or gone, or whose marker makes no sense, is passed over: what was in
    it is done again.
    """
    markers = sorted(folder.glob(f"*{_MARKER_SUFFIX}"))
    found = (_shard(marker) for marker in markers)
    return [shard for shard in found if shard is not None]


def write_shard(folder: Path, kind: ShardKind, rows: Sequence[Mapping[str, Any]]) -> Shard:
    """Adds rows to a store.

    Raises:
        StorageError: The disk did not take them.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    stem = f"{time.time_ns() // 1000:016x}-{secrets.token_hex(4)}.{kind}"
    path = folder / f"{stem}{_SHARD_SUFFIX}"
    table = pa.Table.from_pylist(list(rows), schema=schema(kind))
    with open_atomic(path) as file:
        pq.write_table(table, file, compression="zstd")
    marker = Marker(num_rows=len(rows), num_bytes=path.stat().st_size)
    write_atomic(folder / f"{stem}{_MARKER_SUFFIX}", document_bytes(marker))
    return Shard(path, kind, len(rows))


def schema(kind: ShardKind) -> "pa.Schema":
    """Returns the columns of a kind of shard."""
    import pyarrow as pa

    columns: Mapping[str, pa.DataType]
    texts = pa.list_(pa.string())
    if kind == "text":
        counts = pa.struct([(name, pa.int32()) for name in AuditCounts.model_fields])
        params = pa.struct([(name, pa.float64()) for name in PARAMS])
        columns = {
            "rel_path": pa.string(),
            "is_there": pa.bool_(),
            "content": pa.string(),
            "file_size": pa.int64(),
            "modified_ns": pa.int64(),
            "decoded_as": pa.string(),
            "warnings": texts,
            "fixes": texts,
            "line_count": pa.int32(),
            "counts": counts,
            "params": params,
            "tags": texts,
            "primary_category": pa.string(),
        }
    elif kind == "quality":
        columns = {
            "content": pa.string(),
            "probe": pa.string(),
            "ok": pa.bool_(),
            "reasons": texts,
            "avg_luma": pa.float64(),
            "avg_frame_delta": pa.float64(),
            "avg_render_ms": pa.float64(),
            "p95_render_ms": pa.float64(),
            "render_ok": pa.bool_(),
            "aborted": pa.bool_(),
            "error_text": pa.string(),
            "crash_safe": pa.bool_(),
            "measured_tags": texts,
            "probed_at": pa.string(),
        }
    else:
        columns = dict.fromkeys(("content", "strategy", "path"), pa.string())
    return pa.schema(columns)


def read_columns(shards: Iterable[Shard], *columns: str) -> Iterator[dict[str, Any]]:
    """Yields some columns of all rows of shards, the earlier first, a shard in memory at a time."""
    import pyarrow.parquet as pq

    for shard in shards:
        yield from pq.read_table(shard.path, columns=list(columns)).to_pylist()


def _shard(marker: Path) -> Shard | None:
    stem = marker.name.removesuffix(_MARKER_SUFFIX)
    path = marker.with_name(f"{stem}{_SHARD_SUFFIX}")
    kind = stem.rpartition(".")[2]
    try:
        told = validated(Marker, parse_json(marker.read_bytes(), str(marker)), str(marker))
        is_whole = path.stat().st_size == told.num_bytes
    except (InputError, OSError):
        return None
    if not is_whole or kind not in {"text", "quality", "repair"}:
        return None
    return Shard(path, kind, told.num_rows)  # type: ignore[arg-type]  # looked at above
