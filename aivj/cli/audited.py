"""What is said aloud of presets that are from no audited pool."""

from collections.abc import Iterable
from pathlib import Path

import typer

from aivj.cli.console import err
from aivj.cli.verb import require_path

_SAID = "aivj.said_unaudited"


def say_unaudited(context: typer.Context, what: str) -> None:
    """Says that presets are from no audited pool, once for all verbs that one verb runs.

    Args:
        context: Of the verb that says it.
        what: The pack or folder.
    """
    from aivj.packs.audited import unaudited_note

    said: set[str] = context.meta.setdefault(_SAID, set())
    if what not in said:
        said.add(what)
        err.print(f"[yellow]note[/] {unaudited_note(what)}")


def say_if_unaudited(context: typer.Context, folders: Iterable[Path]) -> None:
    """Says of each pack's folder whose provenance names no audited pool that it is from none.

    Raises:
        InputError: The system does not look at such a path.
    """
    from aivj.packs.audited import pool_parameters

    for folder in folders:
        require_path(folder)
        if folder.is_dir() and not pool_parameters(folder):
            say_unaudited(context, folder.name)
