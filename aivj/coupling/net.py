"""The net that scores a pair: one code for each preset, and a layer over both codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aivj.coupling.training_set import FloatArray, IntArray

# A standardised feature beyond this many deviations says no more than that it is extreme;
# unbounded, its products with others would drown the rest.
MAX_DEVIATIONS = 6.0
_LEAST_STD = 1e-6

PAIR_BLOCKS = 4


@dataclass(frozen=True)
class NetShape:
    """How large a net is.

    Attributes:
        num_features: Numbers that describe a preset.
        encoder_width: Numbers that the net makes of them.
        hidden_width: Units of the hidden layer over a pair.
    """

    num_features: int
    encoder_width: int
    hidden_width: int


class CouplingNet(nn.Module):
    """Maps two standardised presets to the logit of the pair's quality.

    One encoder reads both layers, so that what is learned of a preset counts wherever it stands;
    over a pair of codes a, b the hidden layer sees [a, b, |a - b|, a * b]. The mean and deviation
    that presets are standardised by travel with the weights.
    """

    feature_mean: Tensor
    feature_std: Tensor

    def __init__(self, shape: NetShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = nn.Linear(shape.num_features, shape.encoder_width)
        self.hidden = nn.Linear(PAIR_BLOCKS * shape.encoder_width, shape.hidden_width)
        self.out = nn.Linear(shape.hidden_width, 1)
        self.register_buffer("feature_mean", torch.zeros(shape.num_features))
        self.register_buffer("feature_std", torch.ones(shape.num_features))

    @classmethod
    def seeded(cls, shape: NetShape, seed: int) -> "CouplingNet":
        """Makes a net whose first weights only the seed decides."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return cls(shape)

    @classmethod
    def from_state(cls, shape: NetShape, state: Mapping[str, Tensor]) -> "CouplingNet":
        """Makes a net that takes over the tensors of a state; draws no first weights.

        Raises:
            RuntimeError: The state is not one of such a net.
        """
        with torch.device("meta"):
            net = cls(shape)
        net.load_state_dict(state, assign=True)
        return net.eval()

    def learn_normalisation(self, preset_features: FloatArray, blocks: Sequence[int]) -> None:
        """Takes mean and deviation from [P, F] presets; a constant feature is only centred.

        Blocks of features (those of the text, those that were measured) count alike however many
        features each has: the variances of a block add up to those of the smallest one.

        Args:
            preset_features: NaN where a preset lacks a feature.
            blocks: Number of features in each block, in their order.
        """
        features = torch.tensor(preset_features, dtype=torch.float64)
        known = ~features.isnan()
        count = known.sum(dim=0).clamp(min=1)
        mean = features.nan_to_num().sum(dim=0) / count
        std = (((features - mean).nan_to_num() ** 2).sum(dim=0) / count).sqrt()
        width = torch.repeat_interleave(torch.tensor(blocks), torch.tensor(blocks))
        balance = (width / min(blocks)).sqrt()
        self.feature_mean.copy_(mean)
        self.feature_std.copy_(torch.where(std > _LEAST_STD, std, torch.ones_like(std)) * balance)

    def normalise(self, preset_features: Tensor) -> Tensor:
        """Standardises [..., F] raw features; one that is missing (NaN) is the mean."""
        deviations = (preset_features - self.feature_mean) / self.feature_std
        return deviations.nan_to_num(nan=0.0).clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS)

    def forward(self, layers: Tensor, keep: Sequence[Tensor] = ()) -> Tensor:
        """Returns [B] logits.

        Args:
            layers: [2 B, F] standardised presets: all foregrounds, then their backgrounds.
            keep: Dropout factors, of the codes [2 B, E] and of the hidden layer [B, H], drawn by
                the caller; empty outside training. Given rather than drawn here, so that a fit
                owns all its chance.
        """
        codes = torch.relu(self.encoder(layers))
        if keep:
            codes = codes * keep[0]
        a, b = codes.chunk(2)
        values = torch.relu(self.hidden(torch.cat([a, b, (a - b).abs(), a * b], dim=-1)))
        if keep:
            values = values * keep[1]
        logits: Tensor = self.out(values).squeeze(-1)
        return logits


@torch.no_grad()
def predict01(
    net: CouplingNet, presets: Tensor, fg_index: Tensor, bg_index: Tensor, *, chunk: int = 8192
) -> Tensor:
    """Scores pairs of a table of presets.

    Args:
        net: The net, on the device of the other tensors.
        presets: [P, F] standardised presets.
        fg_index: [N] rows of the foregrounds.
        bg_index: [N] rows of the backgrounds.
        chunk: Pairs scored at a time; bounds memory.

    Returns:
        [N] qualities, 0..1.
    """
    parts = [
        torch.sigmoid(net(presets.index_select(0, torch.cat([fg, bg]))))
        for fg, bg in zip(torch.split(fg_index, chunk), torch.split(bg_index, chunk), strict=True)
    ]
    return torch.cat(parts)


class NetScorer:
    """Scores pairs of a table of presets with a net; see `aivj.coupling.held_out.PairScorer`."""

    def __init__(self, net: CouplingNet, presets: Tensor) -> None:
        """Takes the net and [P, F] standardised presets on its device."""
        self._net = net
        self._presets = presets

    def __call__(self, fg_index: IntArray, bg_index: IntArray) -> npt.NDArray[np.float64]:
        """Returns [n] scores, 0..1."""
        device = self._presets.device
        scores = predict01(
            self._net,
            self._presets,
            torch.from_numpy(fg_index).to(device),
            torch.from_numpy(bg_index).to(device),
        )
        return scores.cpu().numpy().astype(np.float64)
