"""`aivj audit`: what is found out of each preset of a library, and which are fit to be shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aivj.cli.audit_progress import stages
from aivj.cli.audit_query import query
from aivj.cli.audit_repair import repair
from aivj.cli.audit_snapshot import snapshot
from aivj.cli.console import err, out
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import GpuOption, ProfileOption, WorkersOption
from aivj.cli.places import shown
from aivj.cli.stopping import goes_on_with
from aivj.cli.studio import ClipOption, studio_of, takes_uri
from aivj.cli.verb import Verb, Verbs
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.library.compat_probe import CompatSettings
    from aivj.library.request import AuditRequest
    from aivj.pipeline.auditing import Audited
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings
    from aivj.takes.settings import RenderSettings


class Audit(Verbs):
    """Verbs of which one need not be named: `aivj audit ROOT` is `aivj audit run ROOT`.

    Attributes:
        unnamed: That verb.
    """

    unnamed = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the line; what begins with no verb of the group belongs to `unnamed`."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = [self.unnamed, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="audit",
    cls=Audit,
    help="Find out of each preset of a library whether it is fit to be shown; tell, ask, repair.",
    epilog="Exit codes: 0 done, or stopped where it was told to, 3 a library that cannot be "
    "used, 5 renderer refused, 8 disk or bucket, 9 browsers that die. Example: aivj audit ~/milk",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _audit_dir(settings: "Settings", _given: object) -> Path:
    return settings.audit_dir


def _library(_settings: "Settings", given: Mapping[str, Any]) -> Path:
    library: Path | None = given["library"]
    if library is None:
        raise InputError("a library", "none", "name its folder: aivj audit ROOT")
    return library


@app.command(cls=Verb)
@takes(
    request=From(
        "aivj.library.request:AuditRequest",
        defaults={"root": _library, "out_dir": _audit_dir},
    ),
    compat=From("aivj.library.compat_probe:CompatSettings"),
    render=From("aivj.takes.settings:RenderSettings"),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def run(
    context: typer.Context,
    request: "AuditRequest",
    compat: "CompatSettings",
    render: "RenderSettings",
    options: "RenderOptions",
    library: Annotated[
        Path | None, typer.Argument(metavar="ROOT", help="The library, walked whole.")
    ] = None,
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
) -> None:
    """Look at every preset of a library: its text, and what it looks like when it is drawn.

    Each content is drawn once, if there is no take of it. Broken off or stopped, the same command
    goes on. `aivj audit ROOT` is the same.

    Example: aivj audit ~/milkdrop

    For tonight: aivj audit ~/milkdrop --stop-after-sec 28800

    Of the text alone: aivj audit ~/milkdrop --probe none
    """
    from dataclasses import replace

    from aivj.pipeline.auditing import audit_library

    settings: Settings = context.obj
    goes_on_with(context)
    with stages("listing") as tell:
        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            render,
            num_workers=num_workers,
            audio=audio,
            on_progress=lambda num_done, num_all: tell("drawing", num_done, num_all),
        )
        audited = audit_library(request, studio, compat, tell)
    told = shown(context, library or request.root)
    out.print(f"{audited.tally.num_scanned} presets of {told}", markup=False)
    _tell(context, request, audited)


def _tell(context: typer.Context, request: "AuditRequest", audited: "Audited") -> None:
    result, tally = audited.result, audited.tally
    for reason, num in audited.passed_over.items():
        err.print(f"passed over: {num} {reason}", markup=False)
    if result.num_unknown:
        err.print(
            f"nothing could be found out of {result.num_unknown} presets; the same command tries "
            "them again"
        )
    out.print(
        f"{result.num_presets} different ones; probed {tally.num_probed}: {tally.num_ok} ok, "
        f"{tally.num_crash_safe} crash-safe, {tally.num_bad} bad"
    )
    for reason, num in tally.reasons.most_common():
        out.print(f"  {num} {reason}", markup=False)
    out.print(shown(context, request.out_dir), markup=False)
    if result.stopped_by is not None:
        err.print(f"stopped by {result.stopped_by}: the same command goes on")
    words = ("audit", "query", "SELECT * FROM v_reason_counts", "--in", request.out_dir)
    say_next(context, *words, why="asks the audit")


app.command(cls=Verb)(snapshot)
app.command(cls=Verb)(query)
app.command(cls=Verb)(repair)
