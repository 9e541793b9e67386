"""Verification: the player opened on a scored pack, in a browser whose renderer was proved."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.choice import RendererChoice
from aivj.gate.request import OnProgress, VerifyRequest
from aivj.gate.stats import LinkLimits
from aivj.gate.verify import Verification, verify_page
from aivj.stage.conversion import PresetConverter
from aivj.stage.server import StageServer

PLAYER_CLIP = "music"


def player_clip() -> bytes:
    """Returns the music that the player hears."""
    clip = groove()
    return time_bytes(clip, clip.num_samples)


def converting(converter: PresetConverter) -> Callable[[bytes], bytes]:
    """Returns a function from a preset's bytes to the JSON that the player loads."""
    return lambda data: converter.convert(data).model_dump_json().encode()


def player_server(packs_root: Path, converter: PresetConverter) -> StageServer:
    """Makes a server for the player."""
    return StageServer(
        packs_root=packs_root, clips={PLAYER_CLIP: player_clip()}, convert=converting(converter)
    )


def verify(
    request: VerifyRequest,
    *,
    packs_root: Path,
    conversion_cache: Path,
    choice: RendererChoice,
    out_dir: Path,
    limits: LinkLimits | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Verification:
    """Plays a page and writes the evidence into `out_dir`; see `aivj.gate.verify.verify_page`."""
    if choice.report.is_software:
        request = request.on_software()
    with PresetConverter(conversion_cache) as converter:
        return asyncio.run(
            verify_page(
                request,
                packs_root=packs_root,
                convert=converting(converter),
                clip=player_clip(),
                plan=choice.plan,
                policy=choice.policy,
                out_dir=out_dir,
                limits=limits,
                on_progress=on_progress,
            )
        )
