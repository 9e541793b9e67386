"""`aivj mlflow`, and how verbs that record a run open the tracking server."""

import os
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import typer

from aivj.cli.console import err, out
from aivj.cli.verb import Verb, Verbs
from aivj.redaction import secret_values, without_secrets

if TYPE_CHECKING:
    from aivj.release.tracking import Tracker
    from aivj.settings import Settings

app = typer.Typer(
    name="mlflow",
    cls=Verbs,
    help="Deliver runs that wait for a tracking server that was away.",
    epilog="Exit codes: 0 delivered, or nothing waits; 8 a server is still away. "
    "Example: aivj mlflow flush",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def mlflow() -> None:
    """Keeps `flush` a word of its own although it is the only one."""


@app.command(cls=Verb)
def flush(context: typer.Context) -> None:
    """Send the runs that wait under the home folder to their servers, and forget them here.

    A run that began while its server was away gets an id there now; what it was called here is
    its tag aivj.spooled_as. What is interrupted is completed by the same command.

    Example: aivj mlflow flush
    """
    from aivj.release.spool import deliver
    from aivj.release.tracking import Tracker

    settings: Settings = context.obj
    num_delivered = num_open = 0
    for run in deliver(settings.tracking_spool, Tracker):
        if run.run_id is None:
            num_open += 1
            err.print(f"[yellow]note[/] {run.folder} is still being written")
        else:
            num_delivered += 1
            out.print(f"{run.uri}  run {run.run_id}")
    out.print(f"{num_delivered} delivered, {num_open} still being written")


def open_tracker(settings: "Settings", tracking_uri: str | None, verb: str) -> "Tracker":
    """Opens the tracking server for a verb, whose work is not lost if the server is away.

    Args:
        settings: Where runs are recorded by default.
        tracking_uri: Where else.
        verb: What the runs come from.
    """
    from aivj.release.origin import origin_tags
    from aivj.release.tracking import Tracker

    return Tracker(
        tracking_uri or settings.tracking_uri,
        spool=settings.tracking_spool,
        origin=origin_tags(verb, typed_command()),
    )


def run_name(verb: str, packs: Sequence[str], *details: str) -> str:
    """Returns a run's name: what was done with which packs, when, and what sets it apart."""
    now = datetime.now().astimezone()
    return " ".join([verb, "+".join(packs), f"{now:%Y-%m-%d %H:%M:%S}", *details])


def typed_command() -> str:
    """Returns this command as it could be typed again, credentials masked: it is recorded."""
    words = ["aivj", *sys.argv[1:]]
    # Who knows the address of a webhook may write to it.
    addresses = [word for before, word in pairwise(words) if before == "--notify"]
    secrets = [*addresses, *secret_values(os.environ)]
    return without_secrets(shlex.join(words), secrets)


def tell_waiting(tracker: "Tracker") -> None:
    """Says what to do about runs that wait for the server."""
    if tracker.is_away and tracker.spool is not None:
        err.print(
            f"[yellow]note[/] {tracker.uri} is away: the run waits in {tracker.spool.folder}; "
            "deliver it with `aivj mlflow flush`"
        )
