"""`aivj cleanup`: what was started and lost, and what nobody needs any more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out, say, working
from aivj.cli.next_steps import say_next
from aivj.cli.results import plain_table
from aivj.cli.takes import TakesOption
from aivj.errors import AivjError

if TYPE_CHECKING:
    from aivj.pipeline.cleaning import Needless, Policy
    from aivj.settings import Settings
    from aivj.started import LostFolder, Started

_MIB = 1 << 20
_MAX_DAYS = 36_500


def _days(name: str, help_text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, min=0, max=_MAX_DAYS, help=help_text)
    return option


def cleanup(
    context: typer.Context,
    keep_runs: Annotated[
        int | None,
        typer.Option(
            "--keep-runs", min=1, max=1_000_000, help="Also runs, but this many touched last."
        ),
    ] = None,
    runs_older_than: Annotated[
        float | None, _days("--runs-older-than", "Also runs untouched for so many days.")
    ] = None,
    takes_older_than: Annotated[
        float | None,
        _days("--takes-older-than", "Also takes no kept run or net is of, so many days old."),
    ] = None,
    spools_older_than: Annotated[
        float | None,
        _days("--spools-older-than", "Also runs that wait for MLflow for so many days: lost then."),
    ] = None,
    takes: TakesOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Otherwise it is only shown.")] = False,
) -> None:
    """Show, and with --yes end, what AIVJ started and lost: browsers, displays, servers, Ray.

    What is ended stands on record with its id and the moment of its start, and whoever started it
    is gone; no other process is touched. So it is with folders of temporary files. A run that is
    being written, the run touched last, a store's most takes and what is released are never
    removed; with two options on runs, only what both let go is.

    Example: aivj cleanup

    What is old as well: aivj cleanup --keep-runs 20 --runs-older-than 30 --takes-older-than 90
    """
    from aivj.pipeline.cleaning import HomeFolders, Policy, needless
    from aivj.started import lost, lost_folders

    settings: Settings = context.obj
    policy = Policy(keep_runs, runs_older_than, takes_older_than, spools_older_than)
    with working("looking at what is left"):
        processes, folders = lost(), lost_folders()
        places = HomeFolders(
            home=settings.home,
            takes_uri=settings.takes_uri if takes is None else takes,
            fit=settings.coupling_dir,
            spool=settings.tracking_spool,
        )
        found = list(needless(places, policy))
    _print(processes, folders, found)
    failed: AivjError | None = None
    if yes:
        _end(processes)
        for folder in folders:
            is_gone = folder.remove()
            out.print(f"{'removed' if is_gone else 'could not remove'} {folder.path}", markup=False)
        failed = _remove(found)
    elif processes or folders or found:
        say_next(context, "cleanup", *_words(policy, takes), "--yes", why="does it")
    if takes_older_than is None:
        say_next(context, "takes", "status", why="takes of other settings; `takes drop` is theirs")
    if any(settings.tracking_spool.glob("*")):
        say_next(context, "mlflow", "flush", why="delivers what waits for the MLflow server")
    if failed is not None:
        raise failed


def _words(policy: "Policy", takes: str | None) -> list[str]:
    given = {
        "--keep-runs": policy.keep_runs,
        "--runs-older-than": policy.runs_days,
        "--takes-older-than": policy.takes_days,
        "--spools-older-than": policy.spools_days,
    }
    words = [
        word for name, value in given.items() if value is not None for word in (name, f"{value:g}")
    ]
    return words if takes is None else [*words, "--takes", takes]


def _print(
    processes: "list[Started]", folders: "list[LostFolder]", found: "Sequence[Needless]"
) -> None:
    if not processes and not folders and not found:
        out.print("nothing was lost")
        return
    table = plain_table(header=False)
    for each in processes:
        table.add_row(each.kind, str(each.process.pid), Text(each.command, overflow="ellipsis"))
    for folder in folders:
        table.add_row("folder", "its owner is gone", Text(str(folder.path)))
    for one in found:
        besides = " and pictures" if one.kind == "run" else ""
        told = f"{one.age_days:.0f} days, {one.num_bytes / _MIB:.0f} MiB{besides}"
        table.add_row(one.kind, told, Text(one.place))
    out.print(table)


def _end(processes: "list[Started]") -> None:
    for each in processes:
        is_gone = each.process.end()
        out.print(f"{'ended' if is_gone else 'could not end'} {each.kind} {each.process.pid}")


def _remove(found: "Sequence[Needless]") -> AivjError | None:
    """Removes what can be removed; returns the first error."""
    first = None
    for one in found:
        try:
            one.remove()
        except AivjError as error:
            first = first or error
            say(f"note: {one.place} stays: {error.found}")
        else:
            out.print(f"removed {one.place}", markup=False)
    return first
