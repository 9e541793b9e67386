"""What the table of a run holds, and where its values are not those of the rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.contracts.eval_rows import EvalRow
from aivj.gate.run_check.json_lines import NumberedRow


@dataclass(frozen=True)
class RunTable:
    """The rows of `eval.parquet` by column name, or why it cannot be read."""

    rows: tuple[Mapping[str, Any], ...] = ()
    problem: str = ""

    @property
    def pairs(self) -> tuple[tuple[str | None, int | None], ...]:
        """Pack and pair of each row."""
        return tuple((row["pack"], row["pair"]) for row in self.rows)


def read_table(path: Path) -> RunTable | None:
    """Reads the table; None without the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
        # A table without these is none of a run.
        _ = table.column("pack"), table.column("pair")
    except (pa.ArrowException, OSError, KeyError) as error:
        return RunTable(problem=str(error).splitlines()[0])
    return RunTable(tuple(table.to_pylist()))


def other_values(
    table: RunTable, rows: Sequence[NumberedRow[EvalRow]]
) -> Iterator[tuple[NumberedRow[EvalRow], str]]:
    """Yields rows with the first value that the table has otherwise; both are exact.

    A pair's rows are compared in their order. A column that the table has not is one that was
    made up later, and the rows know nothing of it either.
    """
    tabled = defaultdict(list)
    for values in reversed(table.rows):
        tabled[values["pack"], values["pair"]].append(values)
    for entry in rows:
        waiting = tabled[entry.row.pack, entry.row.pair]
        if waiting and (told := _first_difference(entry.row, waiting.pop())):
            yield entry, told


def _first_difference(row: EvalRow, tabled: Mapping[str, Any]) -> str | None:
    for name in EvalRow.model_fields:
        logged = getattr(row, name)
        if tabled.get(name) != logged:
            return f"{name} is {logged} in the log, {tabled.get(name)} in the table"
    return None
