"""What a step looks at: rows by source, and comparisons, gathered on the device."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aivj.coupling.sampler import BalancedSampler
from aivj.coupling.split import Split
from aivj.coupling.training_set import TrainingSet

# Comparisons in a batch, where there are any, for each row in it.
COMPARISONS_PER_ROW = 0.25


@dataclass(frozen=True)
class Batch:
    """B rows and C comparisons, as pairs of rows of the table of presets.

    Attributes:
        layers: [2 (B + 2 C)] foregrounds, then backgrounds; each of the rows, then of the better
            pairs, then of the others.
        target: [B] how good each row's pair is.
        source: [B] `Source` codes.
        is_tie: [C] 1 where neither pair was better, else 0.
        inputs: [B + 2 C, M] what was measured of the pairs; NaN where nothing was.
    """

    layers: Tensor
    target: Tensor
    source: Tensor
    is_tie: Tensor
    inputs: Tensor


class Batches:
    """Draws the batches of one split and gathers them. Everything stays on the device."""

    def __init__(
        self, training_set: TrainingSet, split: Split, batch_size: int, device: torch.device
    ) -> None:
        """Moves what is trained on to the device.

        Raises:
            InputError: There is no row to train on.
        """
        compared = training_set.comparisons
        kept = split.train_comparisons.nonzero()[0]
        self._sampler = BalancedSampler(training_set, split.train, device)
        self._fg = torch.tensor(training_set.fg_index, device=device)
        self._bg = torch.tensor(training_set.bg_index, device=device)
        self._target = torch.tensor(training_set.target, device=device)
        self._source = torch.tensor(training_set.source, device=device, dtype=torch.int64)
        self._layers = torch.stack([torch.from_numpy(rows[kept]) for rows in compared.layers])
        self._layers = self._layers.to(device)
        self._is_tie = torch.tensor(compared.is_tie[kept], device=device, dtype=torch.float32)
        pairs = [
            (training_set.fg_index, training_set.bg_index),
            *((fg[kept], bg[kept]) for fg, bg in compared.sides),
        ]
        self._inputs, *self._compared_inputs = (
            torch.from_numpy(training_set.pair_inputs.of(fg, bg)).to(device) for fg, bg in pairs
        )
        self.batch_size = batch_size
        self.num_comparisons = round(COMPARISONS_PER_ROW * batch_size) if len(kept) else 0

    @property
    def num_rows(self) -> int:
        """Rows to train on."""
        return self._sampler.num_rows

    @property
    def num_pairs(self) -> int:
        """Pairs in a batch, B + 2 C."""
        return self.batch_size + 2 * self.num_comparisons

    def draw(self, num_steps: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Returns [num_steps, B] rows of the training set and [num_steps, C] comparisons."""
        rows = self._sampler.draw(num_steps, self.batch_size, generator)
        if self.num_comparisons == 0:
            return rows, rows.new_empty((num_steps, 0))
        return rows, torch.randint(
            len(self._is_tie),
            (num_steps, self.num_comparisons),
            generator=generator,
            device=rows.device,
        )

    def gather(self, rows: Tensor, comparisons: Tensor) -> Batch:
        """Returns the batch of [B] rows and [C] comparisons."""
        layers, inputs = [self._fg[rows], self._bg[rows]], [self._inputs[rows]]
        if len(comparisons) > 0:
            inputs += [side[comparisons] for side in self._compared_inputs]
            winner_fg, winner_bg, loser_fg, loser_bg = self._layers[:, comparisons]
            fg, bg = layers
            layers = [fg, winner_fg, loser_fg, bg, winner_bg, loser_bg]
        return Batch(
            layers=torch.cat(layers),
            target=self._target[rows],
            source=self._source[rows],
            is_tie=self._is_tie[comparisons],
            inputs=torch.cat(inputs),
        )
