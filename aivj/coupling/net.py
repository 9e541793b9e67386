"""The net that scores a pair: one code for each preset, and a layer over both codes.

Where pairs are measured, the target of a pair is known, and the net says what people's taste adds
to it: score = sigmoid(logit(target) / 2 + taste). A taste of 0 ranks pairs as the target does; one
of 1 more raises the odds of a good pair by e. How much of the target, and how small the figures are
beside the codes, was chosen on families held out (docs/log/learning.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aivj.coupling.pair_inputs import TARGET01, PairInputs
from aivj.coupling.training_set import FloatArray, IntArray

# A standardised feature beyond this many deviations says no more than that it is extreme;
# unbounded, its products with others would drown the rest.
MAX_DEVIATIONS = 6.0
_LEAST_STD = 1e-6

TARGET_GAIN = 0.5
"""What is left of the target's logit in a score: people and measurements do not agree wholly."""

INPUT_SCALE = 0.25
"""Of standardised figures: few labels of people are soon learned by heart from large ones."""

TARGET_SPAN = (0.02, 0.98)
"""Targets beyond are taken as these: a pair that is worth nothing may still be liked."""

PAIR_BLOCKS = 4


@dataclass(frozen=True)
class NetShape:
    """How large a net is.

    Attributes:
        num_features: Numbers that describe a preset.
        encoder_width: Numbers that the net makes of them.
        hidden_width: Units of the hidden layer over a pair.
        num_inputs: Numbers that were measured of a pair; 0 for nets that are told of texts alone.
    """

    num_features: int
    encoder_width: int
    hidden_width: int
    num_inputs: int = 0


class CouplingNet(nn.Module):
    """Maps two standardised presets to the logit of the pair's quality.

    One encoder reads both layers, so that what is learned of a preset counts wherever it stands;
    over a pair of codes a, b the hidden layer sees [a, b, |a - b|, a * b], and what was measured of
    the pair. The mean and deviation that all is standardised by travel with the weights.
    """

    feature_mean: Tensor
    feature_std: Tensor
    input_mean: Tensor
    input_std: Tensor

    def __init__(self, shape: NetShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = nn.Linear(shape.num_features, shape.encoder_width)
        width = PAIR_BLOCKS * shape.encoder_width + shape.num_inputs
        self.hidden = nn.Linear(width, shape.hidden_width)
        self.out = nn.Linear(shape.hidden_width, 1)
        self.register_buffer("feature_mean", torch.zeros(shape.num_features))
        self.register_buffer("feature_std", torch.ones(shape.num_features))
        if shape.num_inputs > 0:
            self.register_buffer("input_mean", torch.full((shape.num_inputs,), 0.5))
            self.register_buffer("input_std", torch.ones(shape.num_inputs))

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

    def learn_inputs(self, values: FloatArray) -> None:
        """Takes mean and deviation from what was measured of [U, M] pairs, one or more."""
        measured = torch.tensor(values, dtype=torch.float64)
        std = measured.std(dim=0, correction=0)
        self.input_mean.copy_(measured.mean(dim=0))
        self.input_std.copy_(torch.where(std > _LEAST_STD, std, torch.ones_like(std)))

    def normalise(self, preset_features: Tensor) -> Tensor:
        """Standardises [..., F] raw features; one that is missing (NaN) is the mean."""
        return _standardised(preset_features, self.feature_mean, self.feature_std)

    def forward(self, layers: Tensor, inputs: Tensor, keep: Sequence[Tensor] = ()) -> Tensor:
        """Returns [B] logits.

        Args:
            layers: [2 B, F] standardised presets: all foregrounds, then their backgrounds.
            inputs: [B, M] what was measured of the pairs, as it is; NaN, which is taken as the
                mean, where nothing was.
            keep: Dropout factors, of the codes [2 B, E] and of the hidden layer [B, H], drawn by
                the caller; empty outside training. Given rather than drawn here, so that a fit
                owns all its chance.
        """
        codes = torch.relu(self.encoder(layers))
        if keep:
            codes = codes * keep[0]
        a, b = codes.chunk(2)
        seen = [a, b, (a - b).abs(), a * b]
        if self.shape.num_inputs > 0:
            seen.append(INPUT_SCALE * _standardised(inputs, self.input_mean, self.input_std))
        values = torch.relu(self.hidden(torch.cat(seen, dim=-1)))
        if keep:
            values = values * keep[1]
        logits: Tensor = self.out(values).squeeze(-1)
        return logits + self._leaning(inputs) if self.shape.num_inputs > 0 else logits

    def _leaning(self, inputs: Tensor) -> Tensor:
        """Returns the part of [B] targets; of the mean one where a pair was not measured."""
        target = inputs[:, TARGET01]
        target = torch.where(target.isnan(), self.input_mean[TARGET01], target)
        return TARGET_GAIN * torch.logit(target.clamp(*TARGET_SPAN))


def _standardised(values: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Returns deviations from the mean, bounded; 0 where nothing is known (NaN)."""
    deviations = (values - mean) / std
    return deviations.nan_to_num(nan=0.0).clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS)


@torch.no_grad()
def predict01(
    net: CouplingNet,
    presets: Tensor,
    fg_index: Tensor,
    bg_index: Tensor,
    inputs: Tensor,
    *,
    chunk: int = 8192,
) -> Tensor:
    """Scores pairs of a table of presets.

    Args:
        net: The net, on the device of the other tensors.
        presets: [P, F] standardised presets.
        fg_index: [N] rows of the foregrounds.
        bg_index: [N] rows of the backgrounds.
        inputs: [N, M] what was measured of the pairs.
        chunk: Pairs scored at a time; bounds memory.

    Returns:
        [N] qualities, 0..1.
    """
    parts = [
        torch.sigmoid(net(presets.index_select(0, torch.cat([fg, bg])), told))
        for fg, bg, told in zip(
            *(torch.split(rows, chunk) for rows in (fg_index, bg_index, inputs)), strict=True
        )
    ]
    return torch.cat(parts)


class NetScorer:
    """Scores pairs of a table of presets with a net; see `aivj.coupling.held_out.PairScorer`."""

    def __init__(
        self, net: CouplingNet, presets: Tensor, pair_inputs: PairInputs | None = None
    ) -> None:
        """Takes the net, [P, F] standardised presets on its device, and what was measured."""
        self._net = net
        self._presets = presets
        self._pair_inputs = pair_inputs or PairInputs.none()

    def __call__(self, fg_index: IntArray, bg_index: IntArray) -> npt.NDArray[np.float64]:
        """Returns [n] scores, 0..1."""
        device = self._presets.device
        scores = predict01(
            self._net,
            self._presets,
            torch.from_numpy(fg_index).to(device),
            torch.from_numpy(bg_index).to(device),
            torch.from_numpy(self._pair_inputs.of(fg_index, bg_index)).to(device),
        )
        return scores.cpu().numpy().astype(np.float64)
