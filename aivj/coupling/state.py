"""A fit at rest: between two epochs, and at its end."""

import io
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor

from aivj.coupling.config import FitConfig
from aivj.coupling.history import EpochMetrics
from aivj.coupling.net import CouplingNet, NetShape
from aivj.coupling.training_set import TrainingSet
from aivj.packs.term_space import TermSpace


@dataclass(frozen=True)
class FitState:
    """Everything a fit needs to go on after an epoch.

    Attributes:
        net: State of the net, on the CPU.
        optimizer: State of the optimizer.
        generator: State of the fit's generator.
        history: Metrics of the epochs done.
        starts: Number of epochs done when each process took the fit up; (0,) if none was lost.
        held_out_presets: Content hashes of the presets that it never learns from.
    """

    net: dict[str, Tensor]
    optimizer: dict[str, Any]
    generator: Tensor
    history: tuple[EpochMetrics, ...]
    starts: tuple[int, ...]
    held_out_presets: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Serialises the state with `torch.save`."""
        plain = {
            "net": self.net,
            "optimizer": self.optimizer,
            "generator": self.generator,
            "history": [asdict(metrics) for metrics in self.history],
            "starts": list(self.starts),
            "held_out_presets": list(self.held_out_presets),
        }
        buffer = io.BytesIO()
        torch.save(plain, buffer)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Reads what `to_bytes` wrote; holds tensors and plain values, runs no code."""
        plain = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        return cls(
            net=plain["net"],
            optimizer=plain["optimizer"],
            generator=plain["generator"],
            history=tuple(EpochMetrics(**metrics) for metrics in plain["history"]),
            starts=tuple(plain["starts"]),
            held_out_presets=tuple(plain["held_out_presets"]),
        )


@dataclass(frozen=True)
class Fitted:
    """A finished fit.

    Attributes:
        net: The net, on the CPU.
        config: What the fit was told.
        feature_spec: Version of the features the net reads.
        dataset_digest: Digest of what it learned from.
        renderer_class: What drew the measured pairs it learned from.
        takes: See `TrainingSet.takes`.
        term_space: See `TrainingSet.term_space`.
        history: Metrics of every epoch.
        starts: See `FitState.starts`.
        held_out_presets: See `FitState.held_out_presets`.
    """

    net: CouplingNet
    config: FitConfig
    feature_spec: str
    dataset_digest: str
    renderer_class: str | None
    takes: tuple[str, ...]
    term_space: TermSpace | None
    history: tuple[EpochMetrics, ...]
    starts: tuple[int, ...]
    held_out_presets: tuple[str, ...]

    @classmethod
    def from_state(cls, state: FitState, training_set: TrainingSet, config: FitConfig) -> Self:
        """Makes the result of a fit from its last state."""
        return cls(
            net=CouplingNet.from_state(net_shape(training_set, config), state.net),
            config=config,
            feature_spec=training_set.feature_spec,
            dataset_digest=training_set.dataset_digest(),
            renderer_class=training_set.renderer_class,
            takes=training_set.takes,
            term_space=training_set.term_space,
            history=state.history,
            starts=state.starts,
            held_out_presets=state.held_out_presets,
        )


def net_shape(training_set: TrainingSet, config: FitConfig) -> NetShape:
    """Returns how large a net is that learns a training set."""
    return NetShape(
        num_features=training_set.preset_features.shape[1],
        encoder_width=config.encoder_width,
        hidden_width=config.hidden_width,
        num_inputs=training_set.pair_inputs.width,
    )
