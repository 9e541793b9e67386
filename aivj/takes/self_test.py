"""What a worker proves of itself before it may draw: it shows, it hears, and it switches.

A browser that shows the last preset for ever, or plays silence, would fill a night with takes that
look like data. Two small presets of our own tell: each must be seen, must look different in
silence, and both must look different from each other.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aivj.errors import RunError
from aivj.stage.thumbnails import luma
from aivj.takes.cells import LayerCells
from aivj.takes.reactivity import response
from aivj.takes.settings import RenderSettings

CLIP = "self-test"
"""Name of the clip that it hears: the generated music, whatever the presets hear."""

_MIN_LUMA = 0.005
_MIN_RESPONSE = 1e-4
_MIN_DIFFERENCE = 0.01


def short(settings: RenderSettings) -> RenderSettings:
    """Returns how the self-test is drawn: as presets are, but a quarter of a second."""
    return replace(settings, warmup_frames=2, measure_frames=6, silent_frames=2, silent_every=3)


def presets() -> tuple[str, str]:
    """Returns two presets as JSON text: a red wave framed in red, and a blue one in green.

    Waves are lines, of less and less share the larger the picture; frames tell at every size.
    """
    frame = {"ob_size": 0.3, "ob_a": 1}
    return (
        _preset(wave_r=1, wave_g=0.1, wave_b=0.1, ob_r=0.8, **frame),
        _preset(wave_r=0.1, wave_g=0.3, wave_b=1, ob_g=0.8, **frame),
    )


def refuse_blind(first: LayerCells, second: LayerCells, settings: RenderSettings) -> None:
    """Checks what was drawn of both presets with `settings`.

    Raises:
        RunError: The pictures are dark, do not hear the music, or do not switch.
    """
    for cells in (first, second):
        mean_luma = float(luma(cells.music[1:]).mean())
        if mean_luma < _MIN_LUMA:
            raise _failed("a bright picture", f"mean luma {mean_luma:.4f}")
        heard = response(cells.music[1:][settings.compared_frames], cells.silence)
        if heard < _MIN_RESPONSE:
            raise _failed(
                "a picture that hears the music",
                f"a difference of {heard:.6f} between music and silence",
            )
    difference = abs(_mean_red(first) - _mean_red(second))
    if difference < _MIN_DIFFERENCE:
        raise _failed("another picture for another preset", f"red differs by {difference:.4f}")


def _mean_red(cells: LayerCells) -> float:
    return float(np.mean(cells.music[1:, ..., 0])) / 255


def _failed(expected: str, found: str) -> RunError:
    return RunError(
        f"{expected} in the self-test of a browser", found, "run `aivj doctor`, then resume"
    )


def _preset(**base_values: float) -> str:
    disabled: Mapping[str, Any] = {"baseVals": {"enabled": 0}}
    preset = {
        "version": 2,
        "baseVals": {"wave_mode": 0, "wave_a": 1, "wave_thick": 1, "decay": 0.9, **base_values},
        "waves": [disabled] * 4,
        "shapes": [disabled] * 4,
        "init_eqs_eel": "",
        "frame_eqs_eel": "",
        "pixel_eqs_eel": "",
        "warp": "",
        "comp": "",
    }
    return json.dumps(preset)
