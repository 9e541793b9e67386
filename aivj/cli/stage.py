"""`aivj serve`: the player, to look at packs."""

import asyncio
from typing import Annotated

import typer

from aivj.cli.console import out
from aivj.settings import Settings


def serve(
    context: typer.Context,
    pack: Annotated[str, typer.Option("--pack", help="Pack to open.")] = "demo",
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, help="0: any free port.")] = 5174,
) -> None:
    """Serve the player until Ctrl-C; open the printed address in a browser.

    Example: aivj serve --pack demo
    """
    asyncio.run(_serve(context.obj, pack, host, port))


async def _serve(settings: Settings, pack: str, host: str, port: int) -> None:
    from aivj.pipeline.verification import player_server
    from aivj.stage.conversion import PresetConverter

    with PresetConverter(settings.conversion_cache) as converter:
        server = player_server(settings.packs_root, converter)
        origin = await server.open(host, port)
        query = f"coupled=1&coupledPack={pack}&coupledPick=weighted&coupledGamma=4"
        out.print(f"{origin}/?{query}")
        try:
            await asyncio.Event().wait()
        finally:
            await server.close()
