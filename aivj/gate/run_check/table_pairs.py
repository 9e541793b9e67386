"""Which pairs the table of a run holds."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TablePairs:
    """Pack and pair of each row of `eval.parquet`, or why it cannot be read."""

    pairs: tuple[tuple[str | None, int | None], ...] = ()
    problem: str = ""


def read_table_pairs(path: Path) -> TablePairs | None:
    """Reads the two columns; None without the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(columns=["pack", "pair"])
        packs, pairs = table.column("pack").to_pylist(), table.column("pair").to_pylist()
    except (pa.ArrowException, OSError, KeyError) as error:
        return TablePairs(problem=str(error).splitlines()[0])
    return TablePairs(tuple(zip(packs, pairs, strict=True)))
