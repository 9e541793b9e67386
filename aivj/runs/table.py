"""The rows of a run as an Arrow table in `eval.parquet`."""

import io
from collections.abc import Sequence
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from aivj.contracts.eval_rows import EvalRow
from aivj.storage import write_atomic


def write_table(rows: Sequence[EvalRow], path: Path) -> None:
    """Writes the rows, by pair id, with the rows' own column names. Whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    ordered = sorted(rows, key=lambda row: (row.pack, row.pair or 0))
    columns = {name: [getattr(row, name) for row in ordered] for name in EvalRow.model_fields}
    schema = pa.schema(
        [(name, _arrow_type(field.annotation)) for name, field in EvalRow.model_fields.items()]
    )
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), buffer, compression="zstd")
    write_atomic(path, buffer.getvalue())


def _arrow_type(annotation: Any) -> Any:
    """Returns the Arrow type of a row field: text, numbers, flags and lists of text occur."""
    import pyarrow as pa

    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    if annotation in kinds:
        return kinds[annotation]
    inner = [argument for argument in get_args(annotation) if argument is not NoneType]
    if annotation == list[str]:
        return pa.list_(pa.string())
    return _arrow_type(inner[0]) if inner and not isinstance(inner[0], str) else pa.string()
