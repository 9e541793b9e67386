"""What the folder of a served model holds: written by who publishes it, without loading torch."""

import json
from dataclasses import asdict
from pathlib import Path

from aivj.coupling.calibration import Stretch
from aivj.storage import write_atomic

CHECKPOINT_STEM = "coupling_net_final"
CHECKPOINT_NAME = f"{CHECKPOINT_STEM}.safetensors"
STRETCH_NAME = "stretch.json"
FEATURES_NAME = "preset-features"
INPUTS = ("fg", "bg")
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
