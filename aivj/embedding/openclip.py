"""CLIP's picture tower by OpenCLIP: from the hub, a checkpoint or a folder, never random."""

import contextlib
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from aivj.contracts.embeddings import Encoder
from aivj.embedding.encoder import PictureEncoder, precision_on, running, weights_digest
from aivj.embedding.hub import asked_once, why_not_loaded
from aivj.errors import InputError

MODEL = "ViT-B-32"
PRETRAINED = "laion2b_s34b_b79k"

_LOADING = (RuntimeError, OSError, ValueError, KeyError, TypeError, pickle.UnpicklingError)


def load_openclip(
    model: str, pretrained: str, *, device: torch.device, fp16: bool
) -> PictureEncoder:
    """Loads an encoder of pictures.

    Args:
        model: Architecture, as OpenCLIP calls it; of a folder, its own counts.
        pretrained: Name of weights at the hub, a checkpoint's file, or a folder with
            `open_clip_config.json` and weights.
        device: Where it runs.
        fp16: Whether to compute in half precision on CUDA.

    Raises:
        InputError: There are no such weights, or they are not the model's. OpenCLIP itself would
            only warn, and embed with random ones.
    """
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2

    folder = Path(pretrained) if pretrained and Path(pretrained).is_dir() else None
    if not pretrained.strip():
        raise _refused(model, pretrained, "no weights were named")
    is_local = folder is not None or Path(pretrained).is_file()
    answers = True
    try:
        with _quiet(), contextlib.nullcontext(True) if is_local else asked_once() as answers:
            whole: Any = open_clip.create_model(
                f"local-dir:{folder.resolve()}" if folder else model,
                pretrained=None if folder else pretrained,
                require_pretrained=True,
                weights_only=True,
            )
    except _LOADING as error:
        found = why_not_loaded(error, pretrained, hub_answers=answers)
        raise _refused(model, pretrained, found) from error
    tower = whole.visual
    config = PreprocessCfg(**tower.preprocess_cfg)
    size = config.size if isinstance(config.size, int) else config.size[0]
    identity = Encoder(
        kind="openclip",
        model=folder.resolve().name if folder else model,
        pretrained="local" if is_local else pretrained,
        weights=weights_digest(tower.state_dict()),
        image_size=size,
    )
    dims = int(tower.output_dim)
    # The text tower is not needed.
    del whole
    precision = precision_on(device, fp16=fp16)
    prepare: Any = image_transform_v2(config, is_train=False)
    return PictureEncoder(identity, dims, precision, prepare, running(tower, device, precision))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silences loggers for the block: what they say in dozens of lines is in the error too."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _refused(model: str, pretrained: str, found: str) -> InputError:
    return InputError(
        f"trained weights of {model} at {pretrained or 'the hub'}",
        found,
        "name a checkpoint of that architecture or a folder with --pretrained, let this machine "
        "reach the hub, or embed with --encoder efficientnet-lite0, which needs none",
    )
