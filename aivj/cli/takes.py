"""`aivj takes`: what is in the store of takes, whether it is whole, and less of it."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from aivj.cli.console import bar, out, say, working
from aivj.cli.next_steps import say_next
from aivj.cli.results import JsonOption, plain_table, print_json
from aivj.cli.takes_draw import draw
from aivj.cli.verb import Verb, Verbs
from aivj.errors import GateError, InputError

if TYPE_CHECKING:
    from aivj.settings import Settings
    from aivj.takes.conditions import Conditions
    from aivj.takes.store.survey import FolderStatus, StoreFolder, Verification

TakesOption = Annotated[
    str | None,
    typer.Option(
        "--takes",
        help="Where takes are kept: a folder, or s3://bucket/prefix. Default: <home>/takes.",
    ),
]
ConditionsOption = Annotated[
    str | None,
    typer.Option("--conditions", help="Only these: the digest that `status` shows, or its start."),
]
RendererOption = Annotated[
    str | None, typer.Option("--renderer", help="Only those of a class of renderers.")
]
ClipOption = Annotated[
    str | None,
    typer.Option("--clip", help="Only those with this music: its SHA-256, or its start."),
]

_NUM_DIGITS = 8
# Narrower, the table would cut digests.
_MIN_WIDTH = 120

app = typer.Typer(
    name="takes",
    cls=Verbs,
    help="What is drawn of presets and kept: draw it, list it, check it, tidy it up, remove it.",
    epilog="Exit codes: 0 done, 3 an option that cannot be used, 7 something in the store is "
    "damaged, 8 disk or bucket. Example: aivj takes status",
    no_args_is_help=True,
    rich_markup_mode=None,
)


app.command(cls=Verb)(draw)


@app.command(cls=Verb)
def status(context: typer.Context, takes: TakesOption = None, as_json: JsonOption = False) -> None:
    """List what is kept: renderer, size, frames, music; how many presets were drawn or failed.

    Takes of different rows are never compared with each other.

    Example: aivj takes status --takes s3://night/takes

    For programs: aivj takes status --json
    """
    from aivj.takes.store import survey

    uri = _uri(context, takes)
    with working("looking at the takes"):
        folders = [survey.status(folder) for folder in survey.store_folders(uri)]
    if as_json:
        print_json(survey.StoreStatus(takes=uri, folders=folders))
    elif folders:
        _print_status(folders)
    else:
        out.print(f"no takes in {uri}", markup=False)


@app.command(cls=Verb)
def verify(
    context: typer.Context,
    takes: TakesOption = None,
    conditions: ConditionsOption = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Write damaged shards anew, with what of them is whole."),
    ] = False,
) -> None:
    """Read every take, and name what is damaged, what nobody finished, and what is there twice.

    A preset whose take is lost counts as never drawn; with --repair that is so at once.

    Example: aivj takes verify --repair
    """
    from aivj.takes.store import survey, tidying

    damaged = []
    for folder in _chosen(context, takes, conditions=conditions):
        with bar(folder.digest) as progress:
            found = survey.verify(folder.objects, progress.update)
        _print_verification(folder, found)
        if repair and not found.is_whole:
            num_lost = tidying.repair(folder.objects, found)
            out.print(f"  repaired: {num_lost} takes are lost and will be drawn again")
        elif not found.is_whole:
            damaged.append(folder.digest)
    if damaged:
        raise GateError(
            "every take that was written to be whole",
            f"damaged ones under the conditions {', '.join(damaged)}",
            "run `aivj takes verify --repair`; what is lost is drawn again",
        )


@app.command(cls=Verb)
def compact(
    context: typer.Context, takes: TakesOption = None, conditions: ConditionsOption = None
) -> None:
    """Merge small shards, so that the store opens faster; others may write and read meanwhile.

    What a dead writer left behind goes too, when it is a day old.

    Example: aivj takes compact
    """
    from datetime import UTC, datetime

    from aivj.takes.store import tidying

    for folder in _chosen(context, takes, conditions=conditions):
        with bar(folder.digest) as progress:
            done = tidying.compact(
                folder.objects, now=datetime.now(UTC), on_progress=progress.update
            )
        out.print(
            f"{folder.digest}  {done.num_merged} shards merged into {done.num_made}, "
            f"{done.num_left_out} takes left out, {done.num_removed} abandoned files removed"
        )


@app.command(cls=Verb)
def drop(
    context: typer.Context,
    takes: TakesOption = None,
    conditions: ConditionsOption = None,
    renderer: RendererOption = None,
    clip: ClipOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the takes of a renderer, of some music or of certain conditions, for good.

    Example: aivj takes drop --renderer llvmpipe
    """
    from aivj.takes.store import survey, tidying

    if conditions is None and renderer is None and clip is None:
        raise InputError(
            "what to remove, by --conditions, --renderer or --clip",
            "none of them",
            "look at `aivj takes status` and name it",
        )
    chosen = _chosen(context, takes, conditions=conditions, renderer=renderer, clip=clip)
    if not chosen:
        return
    with working("looking at the takes"):
        found = [survey.status(folder) for folder in chosen]
    _print_status(found)
    if not yes and not _is_meant(sum(each.num_takes for each in found)):
        out.print("nothing was removed")
        return
    for folder, each in zip(chosen, found, strict=True):
        with working(f"removing {folder.digest}"):
            tidying.drop(folder.objects)
        out.print(f"removed {folder.digest}: {each.num_takes} takes")


def _uri(context: typer.Context, takes: str | None) -> str:
    settings: Settings = context.obj
    return settings.takes_uri if takes is None else takes


def _chosen(
    context: typer.Context,
    takes: str | None,
    *,
    conditions: str | None = None,
    renderer: str | None = None,
    clip: str | None = None,
) -> "list[StoreFolder]":
    """Returns the folders that the options name; says so if there are none."""
    from aivj.takes.store import survey

    uri = _uri(context, takes)
    with working("looking at the takes"):
        folders = survey.store_folders(uri)
    chosen = [
        folder
        for folder in folders
        if (conditions is None or _begins(folder.digest, conditions))
        and (renderer is None or _told(folder, "renderer_class") == renderer)
        and (clip is None or _begins(_told(folder, "clip"), clip))
    ]
    if not chosen:
        out.print(f"no such takes in {uri}", markup=False)
        if folders:
            say_next(context, "takes", "status", *([] if takes is None else ["--takes", takes]))
    return chosen


def _begins(text: str, start: str) -> bool:
    return bool(start) and text.startswith(start)


def _told(folder: "StoreFolder", name: str) -> str:
    return "" if folder.conditions is None else str(getattr(folder.conditions, name))


def _is_meant(num_takes: int) -> bool:
    """Asks whoever sits at the terminal.

    Raises:
        InputError: Nobody does.
    """
    if not sys.stdin.isatty():
        raise InputError("--yes where nobody can be asked", "neither", "add --yes")
    return typer.confirm(f"Remove {num_takes} takes for good?", err=True)


def _print_status(found: "list[FolderStatus]") -> None:
    table = plain_table()
    for name in ("conditions", "renderer", "size", "frames", "clip"):
        table.add_column(name, no_wrap=True)
    for name in ("drawn", "failed", "MB", "KB each", "shards"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Chromium")
    for each in found:
        num_takes, kilobytes = each.num_takes, each.num_bytes / 1000
        table.add_row(
            each.digest,
            *_conditions_cells(each.conditions),
            f"{each.num_drawn}",
            f"{num_takes - each.num_drawn}",
            f"{kilobytes / 1000:.1f}",
            f"{kilobytes / num_takes:.0f}" if num_takes else "-",
            f"{each.num_shards}",
            Text(_counted(each.chromium)),
        )
    Console(file=out.file, width=max(out.width, _MIN_WIDTH)).print(table)
    for each in found:
        if each.failures:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in each.failures.items())
            out.print(f"{each.digest} failed: {kinds}", markup=False)
        if len(each.renderers) > 1:
            say(f"note: {each.digest} was drawn by {_counted(each.renderers)}")
        if each.problem is not None:
            say(f"note: {each.digest} cannot be used: {each.problem}")


def _conditions_cells(conditions: "Conditions | None") -> tuple[str, str, str, str]:
    if conditions is None:
        return "?", "?", "?", "?"
    return (
        conditions.renderer_class,
        f"{conditions.width}x{conditions.height}",
        f"{conditions.warmup_frames}+{conditions.measure_frames}",
        conditions.clip[:_NUM_DIGITS],
    )


def _counted(counts: Mapping[str, int]) -> str:
    """Returns names with their counts; a single name alone."""
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def _print_verification(folder: "StoreFolder", found: "Verification") -> None:
    verdict = Text("whole", "green") if found.is_whole else Text("damaged", "bold red")
    summary = f"{folder.digest}  {found.num_takes} takes in {found.num_shards} shards: "
    out.print(Text.assemble(summary, verdict))
    for name, problem in (found.damaged | found.damaged_markers).items():
        out.print(f"  damaged: {name}: {problem}", markup=False)
    if found.abandoned:
        out.print(
            f"  {len(found.abandoned)} files that nobody finished: still being written, or left by "
            "a writer that died; `aivj takes compact` removes them when they are a day old"
        )
        for name in found.abandoned:
            out.print(f"    {name}", markup=False)
    if found.num_double:
        out.print(
            f"  {found.num_double} takes of presets that others count for; `aivj takes compact` "
            "leaves them out"
        )
