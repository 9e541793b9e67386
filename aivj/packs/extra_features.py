"""Features that the text of a preset does not tell, joined to those that it does.

Whoever measures or embeds presets writes a table with a row for each content; what its numbers
mean is no business of this module.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aivj.errors import InputError
from aivj.packs.feature_table import FeatureTable, FloatArray
from aivj.storage import sha256_hex

KEY_COLUMN = "content_hash"
MISSING_FEATURE = "extra.missing"
_PARQUET_MAGIC = b"PAR1"
_NUM_SPEC_DIGITS = 8


@dataclass(frozen=True, eq=False)
class ExtraFeatures:
    """More features of presets, by content.

    Attributes:
        digest: Eight hexadecimal digits that stand for the columns' names and widths.
        names: Name of each feature: its column's, and a number behind it for those of a list.
        row_of: Row of `values` by content hash, for contents whose numbers are all finite.
        values: [N, E] features.
        num_unusable: Rows that hold a null, a NaN or an infinity, and do not count.
    """

    digest: str
    names: tuple[str, ...]
    row_of: dict[str, int]
    values: FloatArray
    num_unusable: int = 0


def read_extra_features(path: Path) -> ExtraFeatures:
    """Reads a Parquet or Arrow file with a column `content_hash` and others of numbers.

    A column holds a number a row, or a list of the same length in every row. Where a content
    comes twice, its last row counts. A row with a null, a NaN or an infinity does not. (pyarrow
    reads no null among lists of a fixed size from Parquet: leave such a row out.)

    Raises:
        InputError: The file is missing or broken, or has other columns.
    """
    table = _read_table(path)
    names = [name for name in table.column_names if name != KEY_COLUMN]
    if not names or len(names) == table.num_columns:
        raise _refusal(path, f"the columns {table.column_names}")
    columns = [_numbers(path, name, table[name].combine_chunks()) for name in names]
    widths = [column.shape[1] for column in columns]
    values = np.concatenate(columns, axis=1)
    is_whole = np.isfinite(values).all(axis=1)
    contents = table[KEY_COLUMN].to_pylist()
    spelled = "\n".join(f"{name}:{width}" for name, width in zip(names, widths, strict=True))
    return ExtraFeatures(
        digest=sha256_hex(spelled.encode())[:_NUM_SPEC_DIGITS],
        names=tuple(_feature_names(names, widths)),
        row_of={str(contents[row]): int(row) for row in np.flatnonzero(is_whole)},
        values=values,
        num_unusable=int(np.count_nonzero(~is_whole)),
    )


def with_extra_features(table: FeatureTable, extra: ExtraFeatures) -> FeatureTable:
    """Returns the table with more columns: those of `extra`, and 1 where a row has none of them.

    A row without extra features has NaN there, which each model takes as it takes what is missing.
    The spec names both and counts what was added: `milk-v3/300+extra-0123abcd/5`.
    """
    added = np.full((len(table.hashes), len(extra.names) + 1), np.nan, dtype=np.float32)
    for row, content_hash in enumerate(table.hashes):
        source = extra.row_of.get(content_hash)
        added[row, -1] = float(source is None)
        if source is not None:
            added[row, :-1] = extra.values[source]
    return FeatureTable(
        spec=f"{table.spec}+extra-{extra.digest}/{added.shape[1]}",
        names=(*table.names, *extra.names, MISSING_FEATURE),
        hashes=table.hashes,
        values=np.concatenate([table.values, added], axis=1),
    )


def _feature_names(names: list[str], widths: list[int]) -> list[str]:
    return [
        f"extra.{name}" if width == 1 else f"extra.{name}.{index}"
        for name, width in zip(names, widths, strict=True)
        for index in range(width)
    ]


def _read_table(path: Path) -> Any:
    """Returns the file as an Arrow table; its first bytes say which format it has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            is_parquet = file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
        return pq.read_table(path) if is_parquet else pa.ipc.open_file(path.read_bytes()).read_all()
    except (OSError, pa.ArrowException) as error:
        raise _refusal(path, str(error)) from error


def _numbers(path: Path, name: str, column: Any) -> FloatArray:
    """Returns a column as [N, width], with NaN where a row has nothing."""
    import pyarrow as pa

    kind = column.type
    is_list = pa.types.is_fixed_size_list(kind)
    element = kind.value_type if is_list else kind
    if not (pa.types.is_integer(element) or pa.types.is_floating(element)):
        raise _refusal(path, f"the column {name} of type {kind}")
    width = kind.list_size if is_list else 1
    has_value = np.asarray(column.is_valid())
    flat = column.flatten() if is_list else column.drop_null()
    values = np.full((len(column), width), np.nan, dtype=np.float32)
    numbers = flat.to_numpy(zero_copy_only=False).astype(np.float32)
    values[has_value] = numbers.reshape(-1, width)
    return values


def _refusal(path: Path, found: str) -> InputError:
    return InputError(
        f"a Parquet or Arrow file with a column {KEY_COLUMN} and others of numbers or of "
        f"fixed-size lists of numbers at {path}",
        found,
        "write such a table, a row for each preset, or leave the extra features out",
    )
