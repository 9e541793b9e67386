"""Takes of packs as if they had been drawn, without a browser."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from takes.made import drawn

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.presets.digest import content_hash
from aivj.takes.conditions import Conditions
from aivj.takes.settings import RenderSettings
from aivj.takes.store import TakeStore
from aivj.takes.take import Take, TakeFailure

SETTINGS = RenderSettings(
    width=64, height=36, warmup_frames=1, measure_frames=4, silent_frames=2, silent_every=2
)
FAILURE = TakeFailure("wasm-trap", "a preset", "a trap", "repair it")


def contents_of(manifest: PairsManifest, root: Path) -> list[str]:
    """Content hashes of a pack's presets, foreground and background of each pair."""
    urls = [url for pair in manifest.pairs for url in (pair.fg_url, pair.bg_url)]
    return [content_hash(preset_path(root, url).read_bytes()) for url in urls]


def take_store(folder: Path, contents: Sequence[str], *, failed: Sequence[str] = ()) -> TakeStore:
    """Draws presets, each of a brightness of its own; some fail."""
    conditions = Conditions.of(
        SETTINGS, renderer_class="llvmpipe", stage="s", converter="c", clip=b"music"
    )
    store = TakeStore.open(folder, conditions)
    writer = store.writer()
    for content, level in zip(contents, np.linspace(5, 200, len(contents)), strict=True):
        outcome = FAILURE if content in failed else drawn(SETTINGS, level=int(level))
        writer.add(Take(content, outcome, "llvmpipe", "156"))
    writer.close()
    store.refresh()
    return store
