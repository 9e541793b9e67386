"""`aivj serve`: the player, to look at packs and to play them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer

from aivj.cli.console import err, out
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.settings import Settings


def serve(
    context: typer.Context,
    pack: Annotated[str, typer.Option("--pack", help="Pack or library to open.")] = "demo",
    music: Annotated[
        Path | None,
        typer.Option(
            "--music", envvar="LOCAL_AUDIO_ROOT", help="Folder of music that the player offers."
        ),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free port.")] = 5174,
) -> None:
    """Serve the player until Ctrl-C; open the printed address in a browser.

    Example: aivj serve --pack demo --music ~/Music
    """
    try:
        asyncio.run(_serve(context.obj, pack, music, host, port))
    except KeyboardInterrupt:
        err.print("stopped")


async def _serve(settings: "Settings", pack: str, music: Path | None, host: str, port: int) -> None:
    from aivj.pipeline.verification import PLAYER_CLIP, converting, player_clip
    from aivj.stage.catalogue import catalogue
    from aivj.stage.conversion import PresetConverter
    from aivj.stage.server import StageServer

    query = _query(pack, catalogue(settings.packs_root, music)["packs"], settings.packs_root)
    with PresetConverter(settings.conversion_cache) as converter:
        server = StageServer(
            packs_root=settings.packs_root,
            clips={PLAYER_CLIP: player_clip()},
            convert=converting(converter),
            music_root=music,
        )
        try:
            origin = await server.open(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: no name that a host can have
            raise InputError(
                f"to listen on {host}:{port}",
                getattr(error, "strerror", None) or str(error),
                "end what listens there, or pass --port 0 for any free port",
            ) from error
        out.print(f"{origin}/?{query}")
        try:
            await asyncio.Event().wait()
        finally:
            await server.close()


def _query(pack: str, packs: list[dict[str, object]], packs_root: Path) -> str:
    """Returns what the player's address asks for: pairs where there are any.

    Raises:
        InputError: There is no such pack.
    """
    found = next((listed for listed in packs if listed["name"] == pack), None)
    if found is None:
        names = ", ".join(str(listed["name"]) for listed in packs) or "no pack at all"
        raise InputError(
            f"a pack {pack!r} with a manifest in {packs_root / 'presets'}",
            names,
            "name one of them, or make it: aivj pack --pack NAME --presets DIR",
        )
    if found["numPairs"] is None:
        return urlencode({"presetLibrarySource": pack})
    mode = {"coupledPick": "weighted", "coupledGamma": 4, "coupling3d": "on"}
    return urlencode({"coupled": 1, "coupledPack": pack, **mode})
