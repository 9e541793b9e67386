"""`aivj schema`: JSON Schemas of the files that others read."""

from typing import Annotated

import typer

from aivj.cli.console import out
from aivj.cli.results import print_json


def schema(
    name: Annotated[str, typer.Argument(help="For example pairs-quality; empty lists all.")] = "",
) -> None:
    """Print the JSON Schema of a file that AIVJ reads or writes.

    Example: aivj schema pairs-quality
    """
    from aivj.contracts.schemas import SCHEMAS, json_schema

    if not name:
        out.print("\n".join(SCHEMAS))
        return
    print_json(json_schema(name))
