"""Draws batches in which no source of labels drowns another."""

import torch
from torch import Tensor

from aivj.coupling.training_set import BoolArray, Source, TrainingSet
from aivj.errors import InputError

# Half of what a step sees are negatives, however many of them there are.
SOURCE_SHARES = {Source.ELITE: 0.25, Source.EVAL: 0.25, Source.NEGATIVE: 0.50}


class BalancedSampler:
    """Draws rows with replacement: first the source, by its share, then a row of it, uniformly.

    Shares of sources without rows go to the others in proportion. Everything stays on the device.
    """

    def __init__(self, training_set: TrainingSet, train: BoolArray, device: torch.device) -> None:
        rows_of = {
            source: torch.from_numpy(((training_set.source == source) & train).nonzero()[0])
            for source in Source
        }
        present = [source for source in Source if len(rows_of[source]) > 0]
        if not present:
            raise InputError(
                "rows to train on",
                f"{len(training_set)} rows, none of them outside the held-out part",
                "give an elite list, eval rows or a manifest for negatives; "
                "or lower held_out_share",
            )
        shares = torch.tensor([SOURCE_SHARES[source] for source in present], dtype=torch.float64)
        counts = torch.tensor([len(rows_of[source]) for source in present])
        self.num_rows = int(counts.sum())
        self._rows = torch.cat([rows_of[source] for source in present]).to(device)
        # The last edge is left out: what lies beyond the others is the last source.
        self._edges = (shares / shares.sum()).cumsum(0)[:-1].to(device, torch.float32)
        self._counts = counts.to(device)
        self._starts = (counts.cumsum(0) - counts).to(device)

    def draw(self, num_steps: int, batch_size: int, generator: torch.Generator) -> Tensor:
        """Returns [num_steps, batch_size] row numbers of the training set."""
        shape = (2, num_steps, batch_size)
        chance = torch.rand(shape, generator=generator, device=self._rows.device)
        source = torch.bucketize(chance[0], self._edges, right=True)
        count = self._counts[source]
        # float32 can round a product up to the count itself.
        place = torch.minimum((chance[1] * count).long(), count - 1)
        return self._rows[self._starts[source] + place]
