"""Takes of presets that were never drawn: small ones, and of any outcome."""

import numpy as np

from aivj.takes.cells import LayerCells
from aivj.takes.conditions import Conditions
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Drawn, Take, TakeFailure

CONDITIONS = Conditions.of(
    RenderSettings(), renderer_class="llvmpipe", stage="s", converter="c", clip=b"sound"
)
FINAL = TakeFailure("shader-link", "a shader that links", "none", "mend it")
NOT_FINAL = TakeFailure("gpu-crash", "a worker that lives", "a dead one", "try again")


def drawn(content, *, seed=0, num_frames=3, num_silent=1):
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (num_frames + num_silent, 36, 64, 3), dtype=np.uint8)
    return Take(
        content,
        Drawn(
            cells=LayerCells(frames[:num_frames], frames[num_frames:]),
            pictures=(b"RIFF" + bytes([seed % 256]), b"", b"last"),
            load_ms=1.5,
            render_ms_per_frame=0.25,
            num_page_errors=1,
            num_console_errors=2,
            degraded=("no textures",),
        ),
        "llvmpipe (LLVM 15)",
        "156.0",
    )


def failed(content, failure=FINAL):
    return Take(content, failure, "llvmpipe (LLVM 15)", "156.0")


def same(first, second):
    """Tells whether two takes are equal to the byte."""
    if isinstance(first.outcome, TakeFailure) or isinstance(second.outcome, TakeFailure):
        return first == second
    cells = [(take.outcome.cells.music, take.outcome.cells.silence) for take in (first, second)]
    rest = [
        {**vars(take), "outcome": {**vars(take.outcome), "cells": None}} for take in (first, second)
    ]
    return rest[0] == rest[1] and all(
        np.array_equal(one, other) for one, other in zip(*cells, strict=True)
    )
