"""A small head on embeddings that names a preset's cluster: one layer, or two."""

import io
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from aivj.contracts.embedding_head import LearnedFigures
from aivj.contracts.embeddings import Vectors
from aivj.embedding.targets import Targets

HEAD_NAME = "head.pt"
HEAD_META_NAME = "head.meta.json"

HeadKind = Literal["linear", "mlp"]


@dataclass(frozen=True)
class HeadConfig:
    """How a head is learned."""

    kind: Annotated[HeadKind, Field(description="One layer, or two.")] = "linear"
    hidden: Annotated[int, Field(ge=1, le=8192, description="Width between two layers.")] = 256
    epochs: Annotated[int, Field(ge=1, le=10_000, description="Passes over the presets.")] = 100
    batch: Annotated[int, Field(ge=1, le=65_536, description="Presets at a time.")] = 1024
    lr: Annotated[
        float, Field(ge=1e-7, le=1, allow_inf_nan=False, description="Learning rate.")
    ] = 0.01
    held_out_share: Annotated[
        float, Field(ge=0, le=0.9, allow_inf_nan=False, description="Of each cluster, to judge by.")
    ] = 0.2
    seed: Annotated[int, Field(ge=0, le=2**31, description="Same seed, same bytes.")] = 1


@dataclass(frozen=True)
class FittedHead:
    """A head and how well it does.

    Attributes:
        module: The network, on the CPU: [n, dims] to [n, num_classes].
        figures: How often it is right.
    """

    module: torch.nn.Module
    figures: LearnedFigures

    def to_bytes(self) -> bytes:
        """Returns `head.pt`: tensors by name, which load with `weights_only`."""
        written = io.BytesIO()
        torch.save(self.module.state_dict(), written)
        return written.getvalue()


def fit_head(
    vectors: Vectors, targets: Targets, config: HeadConfig, device: torch.device
) -> FittedHead:
    """Learns to name the clusters of presets.

    Args:
        vectors: Of all presets, float32 of shape [num_all, dims].
        targets: Those that are in a cluster.
        config: How.
        device: Where.
    """
    torch.manual_seed(config.seed)
    inputs = torch.from_numpy(vectors[targets.places]).to(device)
    labels = torch.from_numpy(targets.labels).to(device)
    learned = torch.from_numpy(np.flatnonzero(~targets.held_out)).to(device)
    module = _module(config, inputs.shape[1], len(targets.classes)).to(device)
    optimizer = torch.optim.AdamW(module.parameters(), lr=config.lr)
    generator = torch.Generator().manual_seed(config.seed)
    for _ in range(config.epochs):
        order = learned[torch.randperm(len(learned), generator=generator).to(device)]
        for places in torch.split(order, config.batch):
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(module(inputs[places]), labels[places])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    with torch.inference_mode():
        named = module(inputs).argmax(dim=1).cpu().numpy()
    figures = figures_of(named, targets, nearest=_nearest_centres(vectors, targets))
    return FittedHead(module.cpu(), figures)


def figures_of(
    named: NDArray[np.int64],
    targets: Targets,
    *,
    nearest: float | None = None,
) -> LearnedFigures:
    """Sums up how often clusters were named right.

    Args:
        named: Place of the named cluster for each preset of `targets`.
        targets: The presets and their clusters.
        nearest: What the nearest centre reaches, if that was asked.
    """
    right = named == targets.labels

    def share(which: NDArray[np.bool_]) -> float:
        return float(right[which].mean()) if which.any() else 0.0

    return LearnedFigures(
        num_learned=int((~targets.held_out).sum()),
        num_held_out=int(targets.held_out.sum()),
        train_accuracy=share(~targets.held_out),
        held_out_accuracy=share(targets.held_out),
        majority_share=targets.majority_share,
        nearest_centre_accuracy=nearest,
    )


def _module(config: HeadConfig, dims: int, num_classes: int) -> torch.nn.Module:
    if config.kind == "linear":
        return torch.nn.Linear(dims, num_classes)
    return torch.nn.Sequential(
        torch.nn.Linear(dims, config.hidden),
        torch.nn.GELU(),
        torch.nn.Linear(config.hidden, num_classes),
    )


def _nearest_centres(vectors: Vectors, targets: Targets) -> float | None:
    """Returns how often the nearest mean of learned presets is right about held-out ones."""
    tested = np.flatnonzero(targets.held_out)
    if not len(tested):
        return None
    own = vectors[targets.places]
    learned = ~targets.held_out
    centres = np.stack(
        [own[learned & (targets.labels == at)].mean(axis=0) for at in range(len(targets.classes))]
    )
    # Squared distances but for what is the same for all centres.
    distances = (centres**2).sum(axis=1) - 2 * own[tested] @ centres.T
    return float((distances.argmin(axis=1) == targets.labels[tested]).mean())
