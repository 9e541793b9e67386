"""`aivj audit query`: SQL over an audit."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from aivj.cli.console import err, out, working
from aivj.cli.options import AuditOption
from aivj.cli.results import JsonOption, plain_table

if TYPE_CHECKING:
    from aivj.settings import Settings


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One query, in DuckDB's SQL.")],
    audit: AuditOption = None,
    max_rows: Annotated[
        int, typer.Option("--max-rows", min=1, max=10_000_000, help="Rows of a table shown.")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """Ask an audit, while it goes on or not; tables entries, tags, reasons; nothing is written.

    Example: aivj audit query "SELECT * FROM v_reason_counts"

    What columns there are: aivj audit query "DESCRIBE entries"

    For programs: aivj audit query "SELECT rel_path FROM entries WHERE crash_safe" --json
    """
    from aivj.library.tables import ask

    settings: Settings = context.obj
    with working("asking"):
        answer = ask(audit or settings.audit_dir, sql)
    if as_json:
        from aivj.contracts.json_text import row_bytes

        for row in answer.rows:
            cells = zip(answer.columns, map(_plain, row), strict=True)
            typer.echo(row_bytes(dict(cells)).decode(), nl=False)
        return
    table = plain_table()
    for column in answer.columns:
        table.add_column(column)
    for row in answer.rows[:max_rows]:
        table.add_row(*map(_shown, row))
    out.print(table, soft_wrap=False)
    if len(answer.rows) > max_rows:
        err.print(f"and {len(answer.rows) - max_rows} rows more: --max-rows, or --json for all")


def _shown(cell: Any) -> Text:
    if cell is None:
        return Text("")
    return Text(f"{cell:.6g}" if isinstance(cell, float) else str(cell))


def _plain(cell: Any) -> Any:
    """Returns what JSON has for a value of the database."""
    if isinstance(cell, dict):
        return {str(key): _plain(value) for key, value in cell.items()}
    if isinstance(cell, list | tuple):
        return [_plain(value) for value in cell]
    return cell if isinstance(cell, str | int | float | bool | None) else str(cell)
