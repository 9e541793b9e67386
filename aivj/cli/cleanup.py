"""`aivj cleanup`: what was started and lost, and runs that nobody needs any more."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out, working
from aivj.cli.next_steps import say_next
from aivj.cli.results import plain_table
from aivj.errors import StorageError

if TYPE_CHECKING:
    from aivj.settings import Settings
    from aivj.started import Started

_DAY_S = 24 * 3600
_MIB = 1 << 20


@dataclass(frozen=True)
class OldRun:
    """A run that is old enough.

    Attributes:
        folder: Its folder.
        age_days: Days since it was touched.
        size: Bytes of its files, its pictures not counted.
    """

    folder: Path
    age_days: float
    size: int


def cleanup(
    context: typer.Context,
    runs_older_than: Annotated[
        float | None,
        typer.Option(
            "--runs-older-than", min=0, max=36_500, help="Also runs untouched for so many days."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Otherwise it is only shown.")] = False,
) -> None:
    """Show, and with --yes end, what AIVJ started and lost: browsers, displays, servers, Ray.

    What is ended stands on record with its id and the moment of its start, and whoever started it
    is gone; no other process is touched. A run that is being written is never removed.

    Example: aivj cleanup

    Old runs as well: aivj cleanup --runs-older-than 30 --yes
    """
    from aivj.started import lost

    settings: Settings = context.obj
    processes = lost()
    with working("looking at the runs"):
        runs = [] if runs_older_than is None else list(_old_runs(settings.home, runs_older_than))
    _print(processes, runs)
    if yes:
        _end(processes)
        for run in runs:
            _remove(run)
    elif processes or runs:
        words = [] if runs_older_than is None else ["--runs-older-than", f"{runs_older_than:g}"]
        say_next(context, "cleanup", *words, "--yes", why="does it")
    say_next(context, "takes", "status", why="takes of other settings; `takes drop` removes them")
    if any(settings.tracking_spool.glob("*")):
        say_next(context, "mlflow", "flush", why="delivers what waits for the MLflow server")


def _print(processes: "list[Started]", runs: list[OldRun]) -> None:
    if not processes and not runs:
        out.print("nothing was lost")
        return
    table = plain_table(header=False)
    for each in processes:
        table.add_row(each.kind, str(each.process.pid), Text(each.command, overflow="ellipsis"))
    for run in runs:
        age = f"{run.age_days:.0f} days, {run.size / _MIB:.0f} MiB and pictures"
        table.add_row("run", age, Text(str(run.folder)))
    out.print(table)


def _end(processes: "list[Started]") -> None:
    for each in processes:
        is_gone = each.process.end()
        out.print(f"{'ended' if is_gone else 'could not end'} {each.kind} {each.process.pid}")


def _old_runs(home: Path, days: float) -> Iterator[OldRun]:
    from aivj.runs.directory import RunDirectory
    from aivj.runs.listing import run_folders

    for folder in run_folders(home):
        files = [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
        touched_s = max((path.stat().st_mtime for path in files), default=folder.stat().st_mtime)
        age_days = (time.time() - touched_s) / _DAY_S
        if age_days >= days and not RunDirectory(folder).is_being_written:
            yield OldRun(folder, age_days, sum(path.stat().st_size for path in files))


def _remove(run: OldRun) -> None:
    from aivj.runs.directory import RunDirectory

    with RunDirectory(run.folder).locked():
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise StorageError(
                f"{run.folder} to be removed", f"{error.strerror}", "mend the permissions there"
            ) from error
    out.print(f"removed {run.folder}", markup=False)
