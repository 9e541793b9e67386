"""CLIP's vision tower by HuggingFace's transformers, with a LoRA adapter or without one."""

import contextlib
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aivj.contracts.embeddings import Encoder
from aivj.embedding.encoder import PictureEncoder, precision_on, running, squared, weights_digest
from aivj.embedding.hub import asked_once, why_not_loaded
from aivj.errors import InputError, MissingDependencyError

MODEL = "openai/clip-vit-base-patch32"

# What OpenAI's CLIP was trained with.
_MEAN = (0.48145466, 0.4578275, 0.40821073)
_STD = (0.26862954, 0.26130258, 0.27577711)
_ADAPTER_WEIGHTS = "adapter_model.safetensors"


class VisionTower(torch.nn.Module):
    """A vision model whose output is its projected picture embedding alone.

    Args:
        model: Transformers' `CLIPVisionModelWithProjection`, or peft's wrapping of one.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pictures: Tensor) -> Tensor:
        """Returns [n, projection_dim]."""
        embeds: Tensor = self.model(pixel_values=pictures).image_embeds
        return embeds


def load_huggingface(
    model: str, lora_dir: Path | None, *, device: torch.device, fp16: bool
) -> PictureEncoder:
    """Loads an encoder of pictures.

    Args:
        model: Name at the hub, or a folder that `save_pretrained` wrote.
        lora_dir: Folder of a LoRA adapter of it.
        device: Where it runs.
        fp16: Whether to compute in half precision on CUDA.

    Raises:
        MissingDependencyError: transformers or peft are not installed.
        InputError: There are no such weights, some are missing, or the adapter is not theirs.
    """
    tower = load_vision_model(model)
    weights = weights_digest(tower.state_dict())
    adapter = None
    if lora_dir is not None:
        tower, adapter = _with_adapter(tower, lora_dir)
    size = int(tower.config.image_size)
    is_local = Path(model).is_dir()
    identity = Encoder(
        kind="huggingface-clip",
        model=Path(model).resolve().name if is_local else model,
        pretrained="local" if is_local else model,
        weights=weights,
        adapter=adapter,
        image_size=size,
    )
    precision = precision_on(device, fp16=fp16)
    return PictureEncoder(
        identity=identity,
        dims=int(tower.config.projection_dim),
        precision=precision,
        prepare=preparation(size),
        forward=running(VisionTower(tower), device, precision),
    )


def preparation(size: int) -> Any:
    """Returns what makes a picture ready for CLIP, see `PictureEncoder.prepare`."""
    return squared(size, _MEAN, _STD)


def load_vision_model(model: str) -> Any:
    """Loads a `CLIPVisionModelWithProjection` with all its weights.

    Raises:
        MissingDependencyError: transformers is not installed.
        InputError: There are no such weights, or some are missing: transformers itself would draw
            these at random.
    """
    try:
        from transformers import CLIPVisionModelWithProjection
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise without_extra(error) from error
    answers = True
    disable_progress_bar()
    remedy = (
        "name a folder that holds config.json and model.safetensors of a CLIP vision model with "
        "--model, or let this machine reach the hub"
    )
    try:
        with contextlib.nullcontext(True) if Path(model).is_dir() else asked_once() as answers:
            loaded: Any = CLIPVisionModelWithProjection.from_pretrained(
                model, output_loading_info=True, use_safetensors=True
            )
        tower, told = loaded
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        found = why_not_loaded(error, model, hub_answers=answers)
        raise InputError(f"trained weights of {model}", found, remedy) from error
    lacking = sorted({*told["missing_keys"], *map(str, told.get("mismatched_keys", ()))})
    if lacking:
        found = f"{len(lacking)} of its tensors missing or of another shape: {lacking[0]}, ..."
        raise InputError(f"all weights of {model}", found, remedy)
    return tower


def without_extra(error: ImportError) -> MissingDependencyError:
    """Returns what to say where transformers or peft are not installed."""
    return MissingDependencyError(
        "transformers and peft, which load CLIP's vision tower",
        str(error),
        "install them: pip install --constraint constraints.txt 'aivj[lora]'",
    )


@contextlib.contextmanager
def quiet_peft() -> Iterator[None]:
    """Silences, for the block, that peft 0.21 asks transformers in words that 5.24 calls old."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".is_gradient_checkpointing. is deprecated")
        yield


def _with_adapter(tower: Any, folder: Path) -> tuple[Any, str]:
    """Returns the tower with its adapter merged, and the adapter's digest."""
    try:
        from peft import PeftModel
        from safetensors.torch import load_file
    except ImportError as error:
        raise without_extra(error) from error
    weights = folder / _ADAPTER_WEIGHTS
    expected = f"a LoRA adapter of {type(tower).__name__} in {folder}"
    remedy = "name the folder adapter/ that `aivj lora` wrote, and the model it was trained on"
    try:
        config = json.loads((folder / "adapter_config.json").read_bytes())
        state = load_file(weights)
        with quiet_peft():
            adapted = PeftModel.from_pretrained(tower, str(folder))
        known = adapted.state_dict()
        loaded = [name for name in known if "lora_" in name]
        merged = adapted.merge_and_unload()
    except Exception as error:  # peft and safetensors have errors of many kinds
        found = next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
        raise InputError(expected, found, remedy) from error
    if config.get("peft_type") != "LORA" or len(loaded) != len(state):
        raise InputError(expected, f"{len(state)} tensors for {len(loaded)} places", remedy)
    return merged, weights_digest(state)
