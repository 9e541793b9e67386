"""`aivj library`: a page that shows what a library holds."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from aivj.cli.console import err, out, working
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.monitor.library_server import LibraryServer
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
    from aivj.monitor.library_server import LibraryServer
    from aivj.monitor.library_sources import read_library

    settings: Settings = context.obj
    origin = None if player is None else _origin(player)
    with working("reading the library"):
        source = settings.audit_dir if audit is None and pack is None else audit
        shown = read_library(source, pack, settings.packs_root)
    pictures = LibraryPictures(settings.takes_uri if takes is None else takes)
    try:
        asyncio.run(_serve(LibraryServer(shown, pictures, Guard(None), player=origin), port))
    except KeyboardInterrupt:
        err.print("stopped")


async def _serve(server: "LibraryServer", port: int) -> None:
    async with server:
        try:
            origin = await server.open(_HOST, port)
        except OSError as error:
            raise InputError(
                f"to listen on {_HOST}:{port}",
                error.strerror or str(error),
                "end what listens there, or pass --port 0 for any free port",
            ) from error
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
