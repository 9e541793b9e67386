"""The net on disk.

`coupling_net_final.safetensors` is the truth: weights, and in its header a card with all that is
needed to use them, so that one atomic write makes the whole. The card lies beside it as JSON for
people, and everything once more as `.pth` for programs that look for that name.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, ValidationError

from aivj.coupling.config import FitConfig
from aivj.coupling.net import MAX_DEVIATIONS, CouplingNet, NetShape
from aivj.coupling.state import Fitted
from aivj.errors import InputError
from aivj.storage import sha256_hex, write_atomic

CHECKPOINT_STEM = "coupling_net_final"
_CARD_KEY = "aivj"


class CheckpointCard(BaseModel):
    """What a checkpoint says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = "v2"
    feature_spec: str
    num_features: int
    encoder_width: int
    hidden_width: int
    max_deviations: float
    feature_mean: list[float]
    feature_std: list[float]
    config: FitConfig
    dataset_digest: str
    renderer_class: str | None
    held_out_presets: list[str]
    metrics: dict[str, float | int | None]

    @property
    def shape(self) -> NetShape:
        """How large the net is."""
        return NetShape(self.num_features, self.encoder_width, self.hidden_width)


@dataclass(frozen=True)
class Checkpoint:
    """A net that can score, with its card.

    Attributes:
        net: On the CPU, in evaluation mode.
        card: What it says of itself.
        digest: SHA-256 of the safetensors file.
    """

    net: CouplingNet
    card: CheckpointCard
    digest: str


def write_checkpoint(output_dir: Path, fitted: Fitted) -> Path:
    """Writes the three files into `<output_dir>/models` and returns the safetensors file's path.

    The same net, configuration and data give the same safetensors bytes.

    Raises:
        StorageError: A file could not be written; those not yet reached keep their old content.
    """
    card = _card_of(fitted)
    tensors = {name: value.contiguous() for name, value in fitted.net.state_dict().items()}
    weights = safetensors.torch.save(tensors, metadata={_CARD_KEY: card.model_dump_json()})
    legacy = io.BytesIO()
    torch.save({"state_dict": tensors, "card": card.model_dump(mode="json")}, legacy)

    path = output_dir / "models" / f"{CHECKPOINT_STEM}.safetensors"
    write_atomic(path, weights)
    readable = {**card.model_dump(mode="json"), "weights_sha256": sha256_hex(weights)}
    write_atomic(
        path.with_suffix(".json"),
        (json.dumps(readable, indent=2, allow_nan=False) + "\n").encode(),
    )
    write_atomic(path.with_suffix(".pth"), legacy.getvalue())
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    """Reads a safetensors checkpoint.

    Raises:
        InputError: The file is missing or broken.
    """
    try:
        data = path.read_bytes()
        tensors = safetensors.torch.load(data)
        card = CheckpointCard.model_validate_json(_header(data)[_CARD_KEY])
        net = CouplingNet.from_state(card.shape, tensors)
    except (OSError, KeyError, ValidationError, RuntimeError, safetensors.SafetensorError) as error:
        raise InputError(
            f"a coupling checkpoint at {path}",
            f"{type(error).__name__}: {error}",
            "train again, or point to the coupling_net_final.safetensors of a finished training",
        ) from error
    return Checkpoint(net=net, card=card, digest=sha256_hex(data))


def _header(data: bytes) -> Mapping[str, Any]:
    """Returns the metadata of a safetensors file: eight bytes of length, then JSON."""
    length = int.from_bytes(data[:8], "little")
    metadata: Mapping[str, Any] = json.loads(data[8 : 8 + length])["__metadata__"]
    return metadata


def _card_of(fitted: Fitted) -> CheckpointCard:
    net = fitted.net
    return CheckpointCard(
        feature_spec=fitted.feature_spec,
        num_features=net.shape.num_features,
        encoder_width=net.shape.encoder_width,
        hidden_width=net.shape.hidden_width,
        max_deviations=MAX_DEVIATIONS,
        feature_mean=net.feature_mean.tolist(),
        feature_std=net.feature_std.tolist(),
        config=fitted.config,
        dataset_digest=fitted.dataset_digest,
        renderer_class=fitted.renderer_class,
        held_out_presets=sorted(fitted.held_out_presets),
        metrics=asdict(fitted.history[-1]),
    )
