"""Presets drawn without a browser, by the number in their `warp`."""

import io
from pathlib import Path

import numpy as np
from curation.made_layers import SETTINGS, layer, music
from PIL import Image

from aivj.packs.drawing import DrawnPreset
from aivj.takes.conditions import Conditions
from aivj.takes.store import TakeStore
from aivj.takes.take import Drawn, Take, TakeFailure

FAILED, DEGRADED, NEVER_DRAWN = 5, 6, 7


def picture() -> bytes:
    written = io.BytesIO()
    Image.fromarray(np.full((36, 64, 3), 90, np.uint8)).save(written, "WEBP")
    return written.getvalue()


class Studio:
    """Draws presets by their number, and notes which."""

    def __init__(self, root: Path) -> None:
        conditions = Conditions.of(
            SETTINGS, renderer_class="made", stage="0", converter="0", clip=music()
        )
        self.store = TakeStore.open(root / "takes", conditions)
        self.asked: list[str] = []

    def take_presets(self, presets: list[DrawnPreset]) -> TakeStore:
        writer = self.store.writer()
        for preset in presets:
            number = round(preset.milk.values["warp"] - 0.5)
            self.asked.append(preset.content_hash)
            if number != NEVER_DRAWN and preset.content_hash not in self.store:
                writer.add(Take(preset.content_hash, self._outcome(number), "made", "1"))
        writer.close()
        self.store.refresh()
        return self.store

    @staticmethod
    def _outcome(number: int) -> Drawn | TakeFailure:
        if number == FAILED:
            return TakeFailure("wasm-trap", "an equation", "a trap", "leave it out")
        degraded = ("warp shader",) if number == DEGRADED else ()
        return Drawn(layer(seed=number), (picture(),) * 3, 1.0, 1.0, degraded=degraded)
