"""`aivj monitor`: a page that shows how a run stands, while it goes and after."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, say
from aivj.cli.library import read_home_library
from aivj.errors import StorageError

if TYPE_CHECKING:
    from aivj.monitor.places import Places
    from aivj.settings import Settings

_FOLLOW_EVERY_S = 15.0

StampOption = Annotated[
    str | None,
    typer.Option("--stamp", help="Only runs of this name, or called overnight-STAMP."),
]
EvalDirOption = Annotated[
    Path | None,
    typer.Option("--eval-dir", "--evalDir", help="Only the run in this folder."),
]
ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project", help="Project of a runtime: its artifacts/coupled-eval/overnight-* as well."
    ),
]


def places_of(
    settings: "Settings", project: Path | None, eval_dir: Path | None, stamp: str | None
) -> "Places":
    """Returns where runs are looked for.

    Raises:
        InputError: There is no such folder, or no such run.
    """
    from aivj.monitor.places import Places

    places = Places(settings.home, project, eval_dir, stamp)
    places.require()
    return places


def monitor(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free port.")] = 5195,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on. Beyond 127.0.0.1: with a token.")
    ] = "127.0.0.1",
    stamp: StampOption = None,
    eval_dir: EvalDirOption = None,
    project: ProjectOption = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="AIVJ_MONITOR_TOKEN",
            help="What has to be known to look. Default beyond this machine: a new one, printed.",
        ),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option("--allowed-host", help="A name that the server is asked by, as a proxy's."),
    ] = None,
    pack: Annotated[
        str | None,
        typer.Option(
            "--pack", help="Pack that the library page shows. Default: what `aivj audit` found."
        ),
    ] = None,
    dashboard_port: Annotated[
        int | None,
        typer.Option(
            "--dashboard-port",
            min=0,
            max=65535,
            help="Answer the older dashboard's API too, on nights of styles; it was at 5190.",
        ),
    ] = None,
) -> None:
    """Serve a page on the run that is going on, or went on last, until Ctrl-C.

    Its second page shows the library.

    Example: aivj monitor

    From a phone: aivj monitor --host 0.0.0.0
    """
    places = places_of(context.obj, project, eval_dir, stamp)
    try:
        asyncio.run(
            _serve(
                context.obj,
                places,
                (host, port, dashboard_port),
                token,
                frozenset(allowed_host or ()),
                pack,
            )
        )
    except KeyboardInterrupt:
        err.print("stopped")


async def _serve(
    settings: "Settings",
    places: "Places",
    listen: tuple[str, int, int | None],
    token: str | None,
    names: frozenset[str],
    pack: str | None,
) -> None:
    from aivj.contracts.pairs_manifest import require_pack_name
    from aivj.monitor.dashboard_server import DashboardServer
    from aivj.monitor.guard import Guard, is_loopback
    from aivj.monitor.library_pictures import LibraryPictures
    from aivj.monitor.library_routes import LibraryRoutes
    from aivj.monitor.library_shelf import LibraryShelf
    from aivj.monitor.server import MonitorServer
    from aivj.monitor.styles_watch import StylesWatch
    from aivj.monitor.watches import Watches
    from aivj.redaction import secret_values, without_secrets

    host, port, dashboard_port = listen
    if pack is not None:
        require_pack_name(pack)
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)

    def clean(text: str) -> str:
        return without_secrets(text, secret_values(os.environ))

    shelf = LibraryShelf(lambda: read_home_library(settings, None, pack))
    server = MonitorServer(
        Watches(places),
        LibraryRoutes(shelf, LibraryPictures(settings.takes_uri)),
        Guard(token, names),
        clean=clean,
    )
    dashboard = DashboardServer(
        StylesWatch(places.project or places.home, pack),
        Guard(token, names, neighbours=True),
        clean=clean,
    )
    async with server, dashboard:
        origin = await server.open(host, port)
        # Credentials are masked in what is printed, and this one has to be read.
        typer.echo(f"{origin}/?token={token}" if token else f"{origin}/")
        if dashboard_port is not None:
            at = await dashboard.open(host, dashboard_port)
            err.print(f"the older dashboard's API: {at}/api/status")
        err.print("open it in a browser; Ctrl-C ends")
        if settings.home_uri is None:
            await asyncio.Event().wait()
        await _follow(settings)


async def _follow(settings: "Settings") -> None:
    """Brings what runs write to a home in a bucket, again and again."""
    from aivj.pipeline.places import Places as PlacesInBuckets

    kept, is_away = PlacesInBuckets(settings), False
    while True:
        try:
            await asyncio.to_thread(kept.follow_runs)
            is_away = False
        except StorageError as error:
            if not is_away:
                say(f"note: the bucket is away, the page shows what was there: {error.found}")
            is_away = True
        await asyncio.sleep(_FOLLOW_EVERY_S)
