"""Fits the net to a training set, epoch by epoch.

All chance of a fit comes from one generator on the device, which the state carries along: a fit
taken up again from its state ends with the same weights as one that was never interrupted. With
several workers each draws the same batches and takes its share of every batch, so their number
changes the sums' order and nothing else. Knows nothing of Ray; `aivj.fleet` wraps it.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from aivj.coupling.batches import Batches
from aivj.coupling.config import FitConfig
from aivj.coupling.held_out import HeldOut
from aivj.coupling.history import EpochMetrics
from aivj.coupling.loss import batch_loss
from aivj.coupling.net import CouplingNet, NetScorer, NetShape
from aivj.coupling.split import Split, split_by_family
from aivj.coupling.state import FitState, Fitted, net_shape
from aivj.coupling.training_set import BoolArray, TrainingSet

# An epoch is a unit of reporting, since rows are drawn with replacement; on a small pack one pass
# would be two or three steps, too few to learn from in the usual number of epochs.
MIN_STEPS_PER_EPOCH = 20


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
        split: Split | None = None,
        state: FitState | None = None,
        shard: Shard | None = None,
    ) -> None:
        """Prepares the fit.

        Args:
            training_set: What to learn.
            config: How to learn it.
            device: Where.
            split: What to train on and what to hold out; by default the configuration's.
            state: State to go on from.
            shard: This worker among several, which a process group joins; alone when omitted.

        Raises:
            InputError: There is no row to train on.
        """
        self._config = config
        self._shard = shard or Shard()
        device = torch.device(device)
        split = split or split_by_family(
            training_set, share=config.held_out_share, seed=config.seed
        )
        self._batches = Batches(training_set, split, config.batch_size, device)
        self._net = seeded_net(training_set, ~split.held_out_presets, config).to(device)
        self._generator = torch.Generator(device).manual_seed(config.seed)
        self._optimizer = torch.optim.AdamW(
            self._net.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
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
        self._pair_inputs = training_set.pair_inputs
        self._weights = torch.tensor(config.source_weights, device=device)
        self._held_out = HeldOut(training_set, split)
        self._held_out_hashes = tuple(
            name
            for name, out in zip(training_set.preset_hashes, split.held_out_presets, strict=True)
            if out
        )

    @property
    def num_epochs_done(self) -> int:
        """Epochs behind this fit."""
        return len(self._history)

    @property
    def num_steps_per_epoch(self) -> int:
        """Steps from one report to the next."""
        return steps_per_epoch(self._batches.num_rows, self._config.batch_size)

    def state(self) -> FitState:
        """Returns a copy of the present state, on the CPU."""
        copied = FitState(
            net=self._net.state_dict(),
            optimizer=self._optimizer.state_dict(),
            generator=self._generator.get_state(),
            history=self._history,
            starts=self._starts,
            held_out_presets=self._held_out_hashes,
        )
        return FitState.from_bytes(copied.to_bytes())

    def run_epoch(self) -> EpochMetrics:
        """Trains for one epoch and measures the net after it."""
        num_steps = self.num_steps_per_epoch
        with one_thread():
            drawn = self._batches.draw(num_steps, self._generator)
            losses = [self._step(rows, compared) for rows, compared in zip(*drawn, strict=True)]
            loss = torch.stack(losses).sum()
            if self._shard.num_workers > 1:
                torch.distributed.all_reduce(loss)
            figures = self._held_out.metrics(self.scorer)
        metrics = EpochMetrics(
            **asdict(figures),
            epoch=self.num_epochs_done + 1,
            train_loss=float(loss) / num_steps,
        )
        self._history = (*self._history, metrics)
        return metrics

    def run(self, report: Callable[[EpochMetrics], None] | None = None) -> None:
        """Runs the epochs that are left."""
        while self.num_epochs_done < self._config.epochs:
            metrics = self.run_epoch()
            if report is not None:
                report(metrics)

    @property
    def scorer(self) -> NetScorer:
        """Scores pairs of the training set's presets with the net as it stands."""
        return NetScorer(self._net, self._presets, self._pair_inputs)

    def _step(self, rows: Tensor, compared: Tensor) -> Tensor:
        """Takes one step and returns this worker's part of the batch's mean loss."""
        keep = self._draw_keep()
        if self._shard.num_workers > 1:
            rows, compared, keep = self._share(rows, compared, keep)
        batch = self._batches.gather(rows, compared)
        with torch.autocast("cuda", torch.bfloat16, enabled=rows.is_cuda):
            layers = self._presets.index_select(0, batch.layers)
            logits = self._stepping(layers, batch.inputs, keep)
        loss = batch_loss(
            logits.float(),
            batch.target,
            self._weights[batch.source],
            batch.is_tie,
            preference_weight=self._config.preference_weight,
            num_rows=self._batches.batch_size,
            num_comparisons=self._batches.num_comparisons,
        )
        self._optimizer.zero_grad()
        # Workers' gradients are averaged, while their parts of the loss add up.
        torch.autograd.backward(loss * self._shard.num_workers)
        self._optimizer.step()
        return loss.detach()

    def _draw_keep(self) -> list[Tensor]:
        """Draws dropout factors for the whole batch, as `CouplingNet.forward` takes them.

        Chance is drawn where nothing is left out, too: fits that differ in dropout alone see the
        same batches.
        """
        dropout = self._config.dropout
        chance = draw_chance(self._net.shape, self._batches.num_pairs, self._generator)
        if dropout == 0:
            return []
        return [(part >= dropout) / (1 - dropout) for part in chance]

    def _share(
        self, rows: Tensor, compared: Tensor, keep: list[Tensor]
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Returns this worker's part of a batch and of its dropout factors."""
        mine = slice(self._shard.rank, None, self._shard.num_workers)
        places = torch.arange(self._batches.num_pairs, device=rows.device)
        num_compared = len(compared)
        labelled, better, worse = torch.split(places, [len(rows), num_compared, num_compared])
        pairs = torch.cat([labelled[mine], better[mine], worse[mine]])
        layers = torch.cat([pairs, pairs + self._batches.num_pairs])
        return rows[mine], compared[mine], [keep[0][layers], keep[1][pairs]] if keep else []

    def _restore(self, state: FitState) -> None:
        self._net.load_state_dict(state.net)
        self._optimizer.load_state_dict(state.optimizer)
        self._generator.set_state(state.generator)
        self._history, self._starts = state.history, state.starts


def seeded_net(training_set: TrainingSet, seen: BoolArray, config: FitConfig) -> CouplingNet:
    """Makes the net that a fit begins with.

    Args:
        training_set: Gives the features.
        seen: [P] presets whose mean and deviation it may know.
        config: Gives size and seed.
    """
    features, pairs = training_set.preset_features, training_set.pair_inputs
    shape = net_shape(training_set, config)
    net = CouplingNet.seeded(shape, config.seed)
    # In the order of their contents: sums must not depend on which file was read first.
    rows = np.argsort(training_set.preset_hashes)
    with one_thread():
        net.learn_normalisation(features[rows[seen[rows]]], training_set.feature_blocks)
        fg, bg = pairs.pairs
        if (known := seen[fg] & seen[bg]).any():
            place = np.argsort(rows)
            order = np.lexsort((place[bg[known]], place[fg[known]]))
            net.learn_inputs(pairs.values[known][order])
    return net


def steps_per_epoch(num_rows: int, batch_size: int) -> int:
    """Returns how many steps stand between two reports."""
    return max(MIN_STEPS_PER_EPOCH, -(-num_rows // batch_size))


def draw_chance(shape: NetShape, num_pairs: int, generator: torch.Generator) -> list[Tensor]:
    """Draws what decides on dropout: [2 n, E] and [n, H] numbers from 0 to 1."""
    widths = [2 * num_pairs * shape.encoder_width, num_pairs * shape.hidden_width]
    chance = torch.rand(sum(widths), generator=generator, device=generator.device)
    codes, hidden = torch.split(chance, widths)
    return [codes.view(-1, shape.encoder_width), hidden.view(-1, shape.hidden_width)]


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
    running.run(report)
    return Fitted.from_state(running.state(), training_set, config)
