"""What the folder of a served model holds: written by who publishes it, without loading torch."""

import json
from dataclasses import asdict
from pathlib import Path

from aivj.contracts.fit_folder import CHECKPOINT_STEM
from aivj.coupling.calibration import Stretch
from aivj.storage import write_atomic

CHECKPOINT_NAME = f"{CHECKPOINT_STEM}.safetensors"
STRETCH_NAME = "stretch.json"
FEATURES_NAME = "preset-features"
INPUTS = ("fg", "bg")
USUAL_FIGURES = {
    "viz_avg_luma": 0.4,
    "viz_avg_frame_delta": 0.003,
    "composite_avg_luma": 0.44,
    "composite_avg_frame_delta": 0.039,
    "audio_response": 0.18,
    "colourfulness": 43.0,
    "spatial_detail": 0.36,
    "flashes_per_s": 1.0,
    "red_flashes_per_s": 0.0,
    "black_share": 0.1,
    "blown_share": 0.05,
    "luma_range": 0.15,
    "composite_color_r": 0.45,
    "composite_color_g": 0.43,
    "composite_color_b": 0.47,
    "fg_contribution": 0.2,
    "bg_contribution": 0.25,
    "fg_avg_frame_delta": 0.035,
    "bg_avg_frame_delta": 0.035,
    "audio_response_fg": 0.15,
    "audio_response_bg": 0.15,
}
"""Columns of a net that is told what pairs look like, with the figures of an ordinary pair."""
OUTPUT = "score"
LOADER_MODULE = "aivj.coupling.served_model"
"""Loads the folder again; importing it loads torch, which takes seconds."""


def write_model(
    folder: Path, *, checkpoint: bytes, stretch: Stretch, extra: bytes | None = None
) -> None:
    """Writes what the loader module reads.

    Args:
        folder: A new folder.
        checkpoint: Bytes of the safetensors file.
        stretch: How the net's scores were stretched.
        extra: Bytes of the table of features beside those of the text, if the net needs one.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(folder / CHECKPOINT_NAME, checkpoint)
    write_atomic(folder / STRETCH_NAME, f"{json.dumps(asdict(stretch))}\n".encode())
    if extra is not None:
        write_atomic(folder / FEATURES_NAME, extra)
