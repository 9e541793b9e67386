"""The parts of a feature store on disk: Arrow files, written once and never changed.

A part's name holds the first digits of its own SHA-256. So a part that was cut short or rotted is
known for it, and two processes never write different things under one name.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aivj.packs.feature_table import FloatArray
from aivj.storage import sha256_hex, write_atomic

PART_SUFFIX = ".arrow"
_NUM_DIGITS = 32


class BrokenPartError(Exception):
    """A part does not hold what its name says."""


@dataclass(frozen=True, eq=False)
class FeaturePart:
    """What one part knows.

    Attributes:
        content_of_file: Content hash by the SHA-256 of a file's bytes.
        row_of: Row of `values` by content hash, for every content among them.
        values: [N, F] features.
    """

    content_of_file: Mapping[str, str]
    row_of: Mapping[str, int]
    values: FloatArray


def write_part(folder: Path, part: FeaturePart) -> Path:
    """Writes a part and returns its path.

    It has a row for each file; the features stand beside the first file of each content.

    Raises:
        StorageError: The disk did not take it.
    """
    import pyarrow as pa

    content_hashes = list(part.content_of_file.values())
    row_of = dict(part.row_of)
    rows = [row_of.pop(content_hash, None) for content_hash in content_hashes]
    features = [None if row is None else part.values[row] for row in rows]
    table = pa.table(
        {
            "file_sha256": pa.array(part.content_of_file, pa.string()),
            "content_hash": pa.array(content_hashes, pa.string()),
            "features": pa.array(features, pa.list_(pa.float32())),
        }
    )
    buffer = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(buffer, table.schema, options=options) as writer:
        writer.write_table(table)
    data = buffer.getvalue()
    path = folder / f"{sha256_hex(data)[:_NUM_DIGITS]}{PART_SUFFIX}"
    write_atomic(path, data)
    return path


def read_part(path: Path, num_features: int) -> FeaturePart:
    """Reads a part.

    Raises:
        BrokenPartError: It is not what was written, or holds other features.
        OSError: It cannot be read.
    """
    import pyarrow as pa

    data = path.read_bytes()
    if sha256_hex(data)[:_NUM_DIGITS] != path.stem:
        raise BrokenPartError("its content is not the one that its name stands for")
    table: Any = pa.ipc.open_file(data).read_all().combine_chunks()
    content_hashes = table["content_hash"].to_pylist()
    features = table["features"].combine_chunks()
    has_features = np.asarray(features.is_valid())
    values = features.flatten().to_numpy()
    if len(values) != num_features * has_features.sum():
        raise BrokenPartError(f"its rows do not have {num_features} features")
    contents = (name for name, has in zip(content_hashes, has_features, strict=True) if has)
    return FeaturePart(
        content_of_file=dict(zip(table["file_sha256"].to_pylist(), content_hashes, strict=True)),
        row_of={content_hash: row for row, content_hash in enumerate(contents)},
        values=values.reshape(-1, num_features),
    )
