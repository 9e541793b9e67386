"""`aivj library`: a page that shows what a library holds."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from aivj.cli.console import err, out, working
from aivj.cli.places import kept
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.monitor.library_server import LibraryServer
    from aivj.monitor.library_sources import Library
    from aivj.settings import Settings

_HOST = "127.0.0.1"


def library(
    context: typer.Context,
    audit: Annotated[
        Path | None,
        typer.Argument(
            metavar="[AUDIT]",
            help="An audit's folder, or a preset-audit.json. Default: that of `aivj audit`, or "
            "with --pack none.",
        ),
    ] = None,
    pack: Annotated[
        str | None,
        typer.Option("--pack", help="Pack whose styles are told; without AUDIT, what is shown."),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free port.")] = 5196,
    player: Annotated[
        str | None,
        typer.Option("--player", help="Address that `aivj serve` printed: presets link to it."),
    ] = None,
    takes: Annotated[
        str | None,
        typer.Option(
            "--takes",
            help="Where pictures are from: a folder, or s3://bucket/prefix. Default: <home>/takes.",
        ),
    ] = None,
) -> None:
    """Serve a page on what a library holds, for this machine alone, until Ctrl-C; it only reads.

    Example: aivj library

    A pack, beside its player: aivj library --pack mine --player http://127.0.0.1:5174/
    """
    from aivj.monitor.guard import Guard
    from aivj.monitor.library_pictures import LibraryPictures
    from aivj.monitor.library_routes import LibraryRoutes
    from aivj.monitor.library_server import LibraryServer
    from aivj.monitor.library_shelf import LibraryShelf

    settings: Settings = context.obj
    origin = None if player is None else _origin(player)
    shelf = LibraryShelf(lambda: read_home_library(settings, audit, pack))
    with working("reading the library"):
        shelf.library()
    pictures = LibraryPictures(settings.takes_uri if takes is None else takes)
    routes = LibraryRoutes(shelf, pictures, player=origin)
    try:
        asyncio.run(_serve(LibraryServer(routes, Guard(None)), port))
    except KeyboardInterrupt:
        err.print("stopped")


def read_home_library(settings: "Settings", audit: Path | None, pack: str | None) -> "Library":
    """Reads a library: what is named, else the home's audit, out of the bucket if it is in one.

    Raises:
        InputError: There is none, or it cannot be read.
        StorageError: The bucket does not answer, or the audit's store is damaged.
    """
    from aivj.monitor.library_sources import read_library

    if audit is not None or pack is not None:
        return read_library(audit, pack, settings.packs_root)
    own = settings.audit_dir
    if settings.home_uri is not None:
        from aivj.pipeline.places import Places

        Places(settings).restore(kept(settings, own))
    if not own.is_dir():
        raise InputError(
            "a library's audit in the home",
            f"no {kept(settings, own)}",
            "run `aivj audit ROOT`, or begin again with --pack NAME",
        )
    found = read_library(own, None, settings.packs_root)
    return replace(found, source=f"audit {kept(settings, own)}")


async def _serve(server: "LibraryServer", port: int) -> None:
    async with server:
        origin = await server.open(_HOST, port)
        out.print(f"{origin}/")
        err.print("open it in a browser; Ctrl-C ends")
        await asyncio.Event().wait()


def _origin(player: str) -> str:
    """Returns scheme, name and port of a player's address.

    Raises:
        InputError: It is no address of a page.
    """
    try:
        parts = urlsplit(player)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or "@" in parts.netloc:
        raise InputError(
            "the address of a player, such as http://127.0.0.1:5174/",
            repr(player[:80]),
            "pass what `aivj serve` printed",
        )
    return f"{parts.scheme}://{parts.netloc}"
