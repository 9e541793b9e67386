"""The net that scores a pair: two hidden layers over what the layers are and how they differ."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from aivj.coupling.training_set import FloatArray

# A standardised feature beyond this many deviations says no more than that it is extreme;
# unbounded, its products with others would drown the rest.
MAX_DEVIATIONS = 6.0
_LEAST_STD = 1e-6

PAIR_BLOCKS = 4


class CouplingNet(nn.Module):
    """Maps two standardised presets to the logit of the pair's quality.

    The pair vector is [fg, bg, |fg - bg|, fg * bg]. The mean and deviation that presets are
    standardised by travel with the weights.
    """

    feature_mean: Tensor
    feature_std: Tensor

    def __init__(self, num_features: int, hidden_width: int) -> None:
        super().__init__()
        self.hidden = nn.ModuleList(
            [
                nn.Linear(PAIR_BLOCKS * num_features, hidden_width),
                nn.Linear(hidden_width, hidden_width),
            ]
        )
        self.out = nn.Linear(hidden_width, 1)
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_std", torch.ones(num_features))

    @classmethod
    def seeded(cls, num_features: int, hidden_width: int, seed: int) -> "CouplingNet":
        """Makes a net whose first weights only the seed decides."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return cls(num_features, hidden_width)

    @classmethod
    def from_state(
        cls, num_features: int, hidden_width: int, state: Mapping[str, Tensor]
    ) -> "CouplingNet":
        """Makes a net that takes over the tensors of a state; draws no first weights.

        Raises:
            RuntimeError: The state is not one of such a net.
        """
        with torch.device("meta"):
            net = cls(num_features, hidden_width)
        net.load_state_dict(state, assign=True)
        return net.eval()

    def learn_normalisation(self, preset_features: FloatArray) -> None:
        """Takes mean and deviation from [P, F] presets; a constant feature is only centred."""
        features = torch.tensor(preset_features, dtype=torch.float64)
        std = features.std(dim=0, correction=0)
        self.feature_mean.copy_(features.mean(dim=0))
        self.feature_std.copy_(torch.where(std > _LEAST_STD, std, torch.ones_like(std)))

    def normalise(self, preset_features: Tensor) -> Tensor:
        """Standardises [..., F] raw features."""
        deviations = (preset_features - self.feature_mean) / self.feature_std
        return deviations.clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS)

    def forward(self, fg: Tensor, bg: Tensor, keep: Sequence[Tensor] = ()) -> Tensor:
        """Returns [B] logits.

        Args:
            fg: [B, F] standardised foregrounds.
            bg: [B, F] standardised backgrounds.
            keep: Dropout factors of each hidden layer, [B, H], drawn by the caller; empty outside
                training. Given rather than drawn here, so that a fit owns all its chance.
        """
        values = torch.cat([fg, bg, (fg - bg).abs(), fg * bg], dim=-1)
        for number, layer in enumerate(self.hidden):
            values = torch.relu(layer(values))
            if keep:
                values = values * keep[number]
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
        torch.sigmoid(net(presets[fg], presets[bg]))
        for fg, bg in zip(torch.split(fg_index, chunk), torch.split(bg_index, chunk), strict=True)
    ]
    return torch.cat(parts)
