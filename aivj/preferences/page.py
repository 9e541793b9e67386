"""The page with two pairs side by side, served to this machine alone."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiohttp import web

from aivj.audio.click import wav_bytes
from aivj.audio.clip import AudioClip
from aivj.audio.samples import time_bytes
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.errors import InputError
from aivj.preferences.api import API_ROOT, PreferenceApi
from aivj.preferences.guard import Guard
from aivj.preferences.judging import JudgingSession
from aivj.stage.server import Convert, StageServer

_CLIP = "music"
_PAGE = "prefer.html"


@contextlib.asynccontextmanager
async def serve_page(
    session: JudgingSession,
    manifest: PairsManifest,
    *,
    packs_root: Path,
    clip: AudioClip,
    convert: Convert,
    on_failure: Callable[[int, str], None],
    port: int = 0,
) -> AsyncIterator[str]:
    """Serves the page for the block and hands it the address to open, this run's token in it.

    Args:
        session: The judging.
        manifest: The pack's pairs.
        packs_root: The runtime's `public` folder.
        clip: What both pairs and the person hear.
        convert: Makes what the page loads from a preset's bytes.
        on_failure: Told of a pair that cannot be drawn, and why.
        port: Port of 127.0.0.1; 0 takes any.

    Raises:
        MissingDependencyError: The stage has not been built.
        InputError: The port is taken.
    """
    pairs = {row.pair: row for row in manifest.pairs}
    api = PreferenceApi(session, pairs, music=wav_bytes(clip), on_failure=on_failure)
    guard = Guard(API_ROOT)

    def extend(app: web.Application) -> None:
        guard.install(app)
        api.install(app)

    server = StageServer(
        packs_root=packs_root,
        clips={_CLIP: time_bytes(clip, clip.num_samples)},
        convert=convert,
        extend=extend,
    )
    try:
        origin = await server.open(port=port)
    except OSError as error:
        await server.close()
        raise InputError(
            f"to listen on port {port}", f"{error.strerror}", "name another --port; 0 takes any"
        ) from error
    try:
        # What stands behind the '#' is neither sent nor logged.
        yield f"{origin}/{_PAGE}#{guard.token}"
    finally:
        await server.close()
