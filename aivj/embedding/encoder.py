"""What turns pictures into vectors: one shape for encoders of all kinds."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from aivj.contracts.embeddings import Encoder

if TYPE_CHECKING:
    from PIL import Image

EncoderKind = Literal["openclip", "huggingface", "efficientnet-lite0"]

Precision = Literal["fp16", "fp32"]


@dataclass(frozen=True)
class PictureEncoder:
    """A network with the weights it was trained to, on its device.

    Attributes:
        identity: What it is; vectors of another identity are not to be compared with its own.
        dims: Length of a vector.
        precision: In which it computes.
        prepare: A picture of any size to float32 of shape [3, image_size, image_size].
        forward: A batch of these, [n, 3, image_size, image_size] on any device, to float32 of
            shape [n, dims], on the CPU; not normalised.
    """

    identity: Encoder
    dims: int
    precision: Precision
    prepare: Callable[["Image.Image"], Tensor]
    forward: Callable[[Tensor], Tensor]


def precision_on(device: torch.device, *, fp16: bool) -> Precision:
    """Returns fp16 where it is asked for and the device has it: on CUDA."""
    return "fp16" if fp16 and device.type == "cuda" else "fp32"


def running(
    module: torch.nn.Module, device: torch.device, precision: Precision
) -> Callable[[Tensor], Tensor]:
    """Puts a network on a device and returns what runs it; see `PictureEncoder.forward`."""
    dtype = torch.float16 if precision == "fp16" else torch.float32
    module = module.eval().to(device=device, dtype=dtype)

    def forward(batch: Tensor) -> Tensor:
        with torch.inference_mode():
            output: Tensor = module(batch.to(device=device, dtype=dtype, non_blocking=True))
            return output.float().cpu()

    return forward


def squared(
    size: int, mean: tuple[float, float, float], std: tuple[float, float, float]
) -> Callable[["Image.Image"], Tensor]:
    """Returns what makes a picture ready: its middle square, bicubic, normalised by channel.

    Args:
        size: Pixels of a side.
        mean: Of red, green and blue in 0 to 1.
        std: The same.
    """
    from torchvision.transforms import v2

    prepare: Callable[[Image.Image], Tensor] = v2.Compose(
        [
            v2.Resize(size, interpolation=v2.InterpolationMode.BICUBIC, antialias=True),
            v2.CenterCrop(size),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(mean, std),
        ]
    )
    return prepare


def weights_digest(state: Mapping[str, Tensor]) -> str:
    """Returns the SHA-256 of weights, by name, shape and value: the same however they were kept."""
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(
            tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes()
        )
    return digest.hexdigest()
