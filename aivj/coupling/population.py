"""Many nets of one shape, fitted at the same time as one batch.

A net this small leaves most of a core or a GPU idle, and starting a process for each takes longer
than fitting it. Members differ in whatever is a number and changes no shape: step size, decay,
dropout, weights of the loss. They share the seed, and with it first weights, batches and the
numbers that decide on dropout, so that members differ by what is swept and not by luck. Each
member is what `aivj.coupling.fit` would have made of its configuration, but for the order of sums.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aivj.coupling.batches import Batch, Batches
from aivj.coupling.config import FitConfig
from aivj.coupling.fit import draw_chance, one_thread, seeded_net, steps_per_epoch
from aivj.coupling.loss import batch_loss
from aivj.coupling.net import CouplingNet
from aivj.coupling.split import Split
from aivj.coupling.training_set import IntArray, TrainingSet
from aivj.errors import InputError

VARIABLE = frozenset(
    {
        "learning_rate",
        "weight_decay",
        "dropout",
        "extra_eval_weight",
        "neg_weight",
        "preference_weight",
    }
)
"""Options in which the members of a population may differ."""

# AdamW's own, as torch has them.
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_PAIRS_AT_A_TIME = 2048

Parameters = dict[str, Tensor]


class Population:
    """M nets under way. Tensors of parameters have the member as first dimension."""

    def __init__(
        self,
        training_set: TrainingSet,
        configs: Sequence[FitConfig],
        *,
        split: Split,
        device: torch.device | str,
    ) -> None:
        """Prepares the fit.

        Args:
            training_set: What to learn.
            configs: How each member learns it; equal but for `VARIABLE`.
            split: What to train on.
            device: Where.

        Raises:
            InputError: Members differ in more than that, or there is no row to train on.
        """
        _require_one_shape(configs)
        first = configs[0]
        device = torch.device(device)
        self._net = seeded_net(training_set, ~split.held_out_presets, first).to(device)
        self._presets = self._net.normalise(
            torch.tensor(training_set.preset_features, device=device)
        )
        self._pair_inputs = training_set.pair_inputs
        self._batches = Batches(training_set, split, first.batch_size, device)
        self._generator = torch.Generator(device).manual_seed(first.seed)
        self._num_epochs = first.epochs
        self._parameters: Parameters = {
            name: value.detach().repeat(len(configs), *(1 for _ in value.shape))
            for name, value in self._net.named_parameters()
        }
        self._means = {name: torch.zeros_like(value) for name, value in self._parameters.items()}
        self._squares = {name: torch.zeros_like(value) for name, value in self._parameters.items()}
        self._num_steps = 0

        def column(values: Sequence[float]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=device)

        self._rates = column([config.learning_rate for config in configs])
        self._decays = column([config.weight_decay for config in configs])
        self._hyper = {
            "dropout": column([config.dropout for config in configs]),
            "weights": torch.tensor([config.source_weights for config in configs], device=device),
            "preference_weight": column([config.preference_weight for config in configs]),
        }
        self._gradients = torch.func.vmap(
            torch.func.grad(self._loss), in_dims=(0, 0, None, None, None)
        )

    def run(self, on_epoch: Callable[[int], None] | None = None) -> None:
        """Runs all epochs."""
        num_steps = steps_per_epoch(self._batches.num_rows, self._batches.batch_size)
        for epoch in range(1, self._num_epochs + 1):
            with one_thread():
                rows, compared = self._batches.draw(num_steps, self._generator)
                for step in range(num_steps):
                    self._step(self._batches.gather(rows[step], compared[step]))
            if on_epoch is not None:
                on_epoch(epoch)

    @torch.no_grad()
    def scores(self, fg_index: IntArray, bg_index: IntArray) -> npt.NDArray[np.float64]:
        """Returns [M, n] scores, 0..1, of pairs given as rows of the table of presets."""

        def one(parameters: Parameters, layers: Tensor, inputs: Tensor) -> Tensor:
            return torch.sigmoid(self._logits(parameters, layers, inputs, []))

        device, told = self._presets.device, self._pair_inputs.of(fg_index, bg_index)
        rows = (torch.from_numpy(each).to(device) for each in (fg_index, bg_index, told))
        chunks = zip(*(torch.split(each, _PAIRS_AT_A_TIME) for each in rows), strict=True)
        with one_thread():
            parts = [
                torch.func.vmap(one, in_dims=(0, None, None))(
                    self._parameters, self._presets.index_select(0, torch.cat([fg, bg])), inputs
                )
                for fg, bg, inputs in chunks
            ]
        return torch.cat(parts, dim=1).cpu().numpy().astype(np.float64)

    def _step(self, batch: Batch) -> None:
        """Takes one step of AdamW (Loshchilov and Hutter 2019) for every member."""
        chance = draw_chance(self._net.shape, self._batches.num_pairs, self._generator)
        layers = self._presets.index_select(0, batch.layers)
        gradients = self._gradients(self._parameters, self._hyper, batch, layers, chance)
        self._num_steps += 1
        correction1 = 1 - _BETA1**self._num_steps
        correction2 = 1 - _BETA2**self._num_steps
        for name, parameter in self._parameters.items():
            members = (-1, *(1 for _ in parameter.shape[1:]))
            rates, decays = self._rates.view(members), self._decays.view(members)
            mean, square, gradient = self._means[name], self._squares[name], gradients[name]
            mean.lerp_(gradient, 1 - _BETA1)
            square.mul_(_BETA2).addcmul_(gradient, gradient, value=1 - _BETA2)
            root = (square / correction2).sqrt_().add_(_EPSILON)
            parameter.mul_(1 - rates * decays).sub_(rates / correction1 * mean / root)

    def _loss(
        self,
        parameters: Parameters,
        hyper: dict[str, Tensor],
        batch: Batch,
        layers: Tensor,
        chance: list[Tensor],
    ) -> Tensor:
        """Returns the loss of one member."""
        dropout = hyper["dropout"]
        keep = [(part >= dropout) / (1 - dropout) for part in chance]
        return batch_loss(
            self._logits(parameters, layers, batch.inputs, keep),
            batch.target,
            hyper["weights"][batch.source],
            batch.is_tie,
            preference_weight=hyper["preference_weight"],
            num_rows=self._batches.batch_size,
            num_comparisons=self._batches.num_comparisons,
        )

    def _logits(
        self, parameters: Parameters, layers: Tensor, inputs: Tensor, keep: list[Tensor]
    ) -> Tensor:
        logits: Tensor = torch.func.functional_call(self._net, parameters, (layers, inputs, keep))
        return logits

    def net(self, member: int) -> CouplingNet:
        """Returns one member as a net of its own, on the CPU."""
        state: dict[str, Any] = {
            **self._net.state_dict(),
            **{name: value[member] for name, value in self._parameters.items()},
        }
        copied = {name: value.detach().cpu().clone() for name, value in state.items()}
        return CouplingNet.from_state(self._net.shape, copied)


def _require_one_shape(configs: Sequence[FitConfig]) -> None:
    shapes = {config.model_dump_json(exclude=set(VARIABLE)) for config in configs}
    if len(shapes) != 1:
        raise InputError(
            f"members of a population that differ in {', '.join(sorted(VARIABLE))} alone",
            f"{len(shapes)} different shapes among {len(configs)}",
            "fit a population for each shape",
        )
