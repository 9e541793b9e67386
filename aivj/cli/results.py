"""How results look: tables for people, JSON for programs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print everything as JSON instead of tables.")
]
WriteOption = Annotated[
    Path | None, typer.Option("--write", help="Also write the JSON result to this file.")
]

STYLES = {"pass": "green", "fail": "bold red", "not-applicable": "dim"}
"""Of verdicts."""


def print_json(document: object) -> None:
    """Prints a model or a JSON value as a document of ours, and nothing else, to stdout."""
    from aivj.contracts.json_text import document_bytes

    typer.echo(document_bytes(document).decode(), nl=False)


def plain_table(*, header: bool = True) -> Table:
    """Returns a table without lines, for columns that the caller adds."""
    return Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_header=header)


def told(found: str, expected: str, remedy: str | None) -> Group | Text:
    """Returns what a check says: what was found and, if that will not do, what to do."""
    if remedy is None:
        return Text(found)
    return Group(
        Text(found),
        Text.assemble(("expected ", "bold"), expected),
        Text.assemble(("do ", "bold"), remedy),
    )
