"""Fits the net to a training set, epoch by epoch.

All chance of a fit comes from one generator on the device, which the state carries along: a fit
taken up again from its state ends with the same weights as one that was never interrupted. With
several workers each draws the same batches and takes its share of every batch, so their number
changes the sums' order and nothing else. Knows nothing of Ray; `aivj.fleet` wraps it.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aivj.coupling.config import FitConfig
from aivj.coupling.evaluation import Evaluation
from aivj.coupling.history import EpochMetrics
from aivj.coupling.net import CouplingNet
from aivj.coupling.sampler import BalancedSampler
from aivj.coupling.split import BoolArray, split_by_preset
from aivj.coupling.state import FitState, Fitted
from aivj.coupling.training_set import TrainingSet

# An epoch is a unit of reporting, since rows are drawn with replacement; on a small pack one pass
# would be two or three steps, too few to learn from in the usual number of epochs.
MIN_STEPS_PER_EPOCH = 50


@dataclass(frozen=True)
class Shard:
    """Which worker of how many this one is."""

    rank: int = 0
    num_workers: int = 1


class Fit:
    """A fit under way. Tensors live on the device from the start; no step copies any."""

    def __init__(
        self,
        training_set: TrainingSet,
        config: FitConfig,
        *,
        device: torch.device | str,
        state: FitState | None = None,
        shard: Shard | None = None,
    ) -> None:
        """Prepares the fit.

        Args:
            training_set: What to learn.
            config: How to learn it.
            device: Where.
            state: State to go on from.
            shard: This worker among several, which a process group joins; alone when omitted.

        Raises:
            InputError: There is no row to train on.
        """
        self._config = config
        self._shard = shard or Shard()
        device = torch.device(device)
        split = split_by_preset(training_set, share=config.held_out_share, seed=config.seed)
        self._sampler = BalancedSampler(training_set, split.train, device)
        self._net = self._make_net(training_set, split.train, device)
        self._generator = torch.Generator(device).manual_seed(config.seed)
        self._optimizer = torch.optim.AdamW(
            self._net.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self._history: tuple[EpochMetrics, ...] = ()
        self._starts: tuple[int, ...] = ()
        if state is not None:
            self._restore(state)
        self._starts = (*self._starts, self.num_epochs_done)
        self._stepping: nn.Module = self._net
        if self._shard.num_workers > 1:
            self._stepping = nn.parallel.DistributedDataParallel(self._net)

        features = torch.tensor(training_set.preset_features, device=device)
        self._presets = self._net.normalise(features)
        self._fg = torch.tensor(training_set.fg_index, device=device)
        self._bg = torch.tensor(training_set.bg_index, device=device)
        self._target = torch.tensor(training_set.target, device=device)
        self._weight = torch.tensor(training_set.weight, device=device)
        self._evaluation = Evaluation(training_set, split, self._presets, device)

    @property
    def num_epochs_done(self) -> int:
        """Epochs behind this fit."""
        return len(self._history)

    def state(self) -> FitState:
        """Returns a copy of the present state, on the CPU."""
        copied = FitState(
            net=self._net.state_dict(),
            optimizer=self._optimizer.state_dict(),
            generator=self._generator.get_state(),
            history=self._history,
            starts=self._starts,
        )
        return FitState.from_bytes(copied.to_bytes())

    def run_epoch(self) -> EpochMetrics:
        """Trains for one epoch and measures the net after it."""
        num_steps = max(MIN_STEPS_PER_EPOCH, -(-self._sampler.num_rows // self._config.batch_size))
        with one_thread():
            rows = self._sampler.draw(num_steps, self._config.batch_size, self._generator)
            loss = torch.stack([self._step(batch) for batch in rows]).sum()
            if self._shard.num_workers > 1:
                torch.distributed.all_reduce(loss)
            metrics = self._evaluation.measure(
                self._net, epoch=self.num_epochs_done + 1, train_loss=float(loss) / num_steps
            )
        self._history = (*self._history, metrics)
        return metrics

    def _step(self, batch: Tensor) -> Tensor:
        """Takes one step and returns this worker's part of the batch's mean loss."""
        keep = self._draw_keep(len(batch))
        mine = slice(self._shard.rank, None, self._shard.num_workers)
        rows = batch[mine]
        logits = self._stepping(
            self._presets[self._fg[rows]], self._presets[self._bg[rows]], [k[mine] for k in keep]
        )
        loss: Tensor = nn.functional.binary_cross_entropy_with_logits(
            logits, self._target[rows], weight=self._weight[rows], reduction="sum"
        ) / len(batch)
        self._optimizer.zero_grad()
        # Workers' gradients are averaged, while their parts of the loss add up.
        torch.autograd.backward(loss * self._shard.num_workers)
        self._optimizer.step()
        return loss.detach()

    def _draw_keep(self, batch_size: int) -> list[Tensor]:
        """Draws dropout factors for the whole batch, [B, H] for each hidden layer."""
        dropout = self._config.dropout
        if dropout == 0:
            return []
        shape = (len(self._net.hidden), batch_size, self._config.hidden_width)
        chance = torch.rand(shape, generator=self._generator, device=self._fg.device)
        return list((chance >= dropout) / (1 - dropout))

    def _make_net(
        self, training_set: TrainingSet, train: BoolArray, device: torch.device
    ) -> CouplingNet:
        features = training_set.preset_features
        net = CouplingNet.seeded(features.shape[1], self._config.hidden_width, self._config.seed)
        seen = sorted({*training_set.fg_index[train], *training_set.bg_index[train]})
        net.learn_normalisation(features[seen])
        return net.to(device)

    def _restore(self, state: FitState) -> None:
        self._net.load_state_dict(state.net)
        self._optimizer.load_state_dict(state.optimizer)
        self._generator.set_state(state.generator)
        self._history, self._starts = state.history, state.starts


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keeps torch to one CPU thread, so that the order of sums is the same on every machine.

    Layers this small gain little from more: two threads took 1.7 times the CPU for 0.85 of the
    time where cores were free, and where they are not, threads wait for each other.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fit(
    training_set: TrainingSet,
    config: FitConfig,
    *,
    device: torch.device,
    state: FitState | None = None,
    report: Callable[[EpochMetrics], None] | None = None,
) -> Fitted:
    """Fits in this process.

    Args:
        training_set: What to learn.
        config: How to learn it. The same set, configuration and device give the same weights.
        device: Where; see `aivj.coupling.device.choose_device`.
        state: State of an earlier fit of the same set and configuration to go on from.
        report: Called after each epoch.

    Raises:
        InputError: There is no row to train on.
    """
    running = Fit(training_set, config, device=device, state=state)
    while running.num_epochs_done < config.epochs:
        metrics = running.run_epoch()
        if report is not None:
            report(metrics)
    return Fitted.from_state(running.state(), training_set, config)
