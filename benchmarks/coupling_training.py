"""How fast a fit is, beside a plain PyTorch loop of the same net; and a pack's scoring.

The same synthetic labels of a usual size (50,000 negatives, 3,000 measured and 200 elite pairs over
as many presets as they need, with the real number of features) are learned by `aivj.coupling` and
by what a tutorial would write: a `Dataset`, a `DataLoader` with a weighted sampler, and a loop.
CPU seconds decide; the held-out figures of both must agree.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import torch
from rich.table import Table
from torch import nn
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

from aivj.coupling import EliteClass, FitConfig, Source, TrainingSet
from aivj.coupling.fit import Fit, one_thread, seeded_net, steps_per_epoch
from aivj.coupling.held_out import GOOD_TARGET, HeldOut, HeldOutMetrics
from aivj.coupling.net import NetScorer
from aivj.coupling.sampler import SOURCE_SHARES
from aivj.coupling.split import Split, split_by_family
from aivj.presets.features import FEATURE_NAMES
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console

NUM_NEGATIVES, NUM_MEASURED, NUM_ELITE = 50_000, 3_000, 200
NUM_SCORED = 100_000
WANTED_RATIO = 10
MOST_SCORING_S = 10


def synthetic_set(seed: int) -> TrainingSet:
    """Returns labels that a few features decide, over presets of the real width."""
    rng = np.random.default_rng(seed)
    num_pairs = NUM_MEASURED + NUM_ELITE
    features = rng.normal(size=(2 * num_pairs, len(FEATURE_NAMES))).astype(np.float32)
    fg, bg = np.arange(num_pairs), np.arange(num_pairs) + num_pairs
    worth = 1 / (1 + np.exp(-(features[fg, :8].sum(1) * 0.4 + features[bg, :8].sum(1) * 0.4)))
    crossed_fg = rng.integers(0, num_pairs, NUM_NEGATIVES)
    crossed_bg = rng.integers(num_pairs, 2 * num_pairs, NUM_NEGATIVES)
    is_elite = fg >= NUM_MEASURED
    example = np.where(worth > GOOD_TARGET, EliteClass.POSITIVE, EliteClass.NEGATIVE)
    nothing = np.full(NUM_NEGATIVES, EliteClass.NONE)
    return TrainingSet(
        feature_spec="synthetic",
        preset_features=features,
        feature_blocks=(len(FEATURE_NAMES),),
        preset_hashes=tuple(f"{row:064x}" for row in range(2 * num_pairs)),
        preset_families=np.concatenate([fg, fg]),
        fg_index=np.concatenate([fg, crossed_fg]),
        bg_index=np.concatenate([bg, crossed_bg]),
        target=np.concatenate([worth, np.zeros(NUM_NEGATIVES)]).astype(np.float32),
        source=np.concatenate(
            [
                np.where(is_elite, Source.ELITE, Source.EVAL),
                np.full(NUM_NEGATIVES, Source.NEGATIVE),
            ]
        ).astype(np.int8),
        elite_class=np.concatenate([np.where(is_elite, example, EliteClass.NONE), nothing]).astype(
            np.int8
        ),
        measured_luma=np.full(num_pairs + NUM_NEGATIVES, np.nan, dtype=np.float32),
    )


class PlainRows(Dataset[tuple[torch.Tensor, torch.Tensor, float, float]]):
    """A row at a time, as a tutorial has it."""

    def __init__(self, training_set: TrainingSet, rows: np.ndarray, config: FitConfig) -> None:
        self._features = torch.from_numpy(training_set.preset_features)
        self._fg, self._bg = training_set.fg_index[rows], training_set.bg_index[rows]
        self._target = training_set.target[rows]
        self._weight = np.array(config.source_weights)[training_set.source[rows]]

    def __len__(self) -> int:
        return len(self._target)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, torch.Tensor, float, float]:
        fg, bg = self._features[self._fg[row]], self._features[self._bg[row]]
        return fg, bg, float(self._target[row]), float(self._weight[row])


def plain_fit(training_set: TrainingSet, config: FitConfig, split: Split) -> HeldOutMetrics:
    """Fits the same net for as many steps, by a plain loop, and judges it after each epoch."""
    net = seeded_net(training_set, ~split.held_out_presets, config)
    rows = split.train.nonzero()[0]
    source = training_set.source[rows]
    counts = np.bincount(source, minlength=len(Source))
    chances = np.array([SOURCE_SHARES[kind] / counts[kind] for kind in Source])[source]
    num_steps = steps_per_epoch(len(rows), config.batch_size)
    loader = DataLoader(
        PlainRows(training_set, rows, config),
        batch_size=config.batch_size,
        sampler=WeightedRandomSampler(chances.tolist(), num_steps * config.batch_size),
    )
    optimizer = torch.optim.AdamW(
        net.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
    )
    presets = net.normalise(torch.from_numpy(training_set.preset_features))
    held_out = HeldOut(training_set, split)
    figures = held_out.metrics(NetScorer(net, presets))
    for _ in range(config.epochs):
        for fg, bg, target, weight in loader:
            keep = [
                nn.functional.dropout(
                    torch.ones(2 * len(fg), config.encoder_width), config.dropout
                ),
                nn.functional.dropout(torch.ones(len(fg), config.hidden_width), config.dropout),
            ]
            logits = net(net.normalise(torch.cat([fg, bg])), torch.empty(len(fg), 0), keep)
            loss = nn.functional.binary_cross_entropy_with_logits(
                logits, target.float(), weight=weight.float()
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        figures = held_out.metrics(NetScorer(net, presets))
    return figures


def ours(training_set: TrainingSet, config: FitConfig, split: Split) -> HeldOutMetrics:
    """Fits as `aivj train` does."""
    fit = Fit(training_set, config, device="cpu", split=split)
    fit.run()
    return HeldOut(training_set, split).metrics(fit.scorer)


def scoring_s(training_set: TrainingSet, config: FitConfig) -> float:
    """Returns the CPU seconds that scoring many pairs of known presets takes."""
    net = seeded_net(training_set, np.ones(len(training_set.preset_hashes), bool), config)
    rng = np.random.default_rng(0)
    fg, bg = rng.integers(0, len(training_set.preset_hashes), (2, NUM_SCORED))
    began = time.process_time()
    NetScorer(net, net.normalise(torch.from_numpy(training_set.preset_features)))(fg, bg)
    return time.process_time() - began


def main() -> None:
    """Prints both fits side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    config = FitConfig(epochs=options.epochs, early_stopping=False)
    training_set = synthetic_set(0)
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    table = Table("fit", "CPU s", "elite AUC", "Spearman", "negatives AUC", "cross-entropy")
    spent = {}
    # torch imports its compiler when an optimizer is first made, whoever makes it.
    ours(training_set, config.model_copy(update={"epochs": 1}), split)
    for name, fit in (("aivj", ours), ("plain loop", plain_fit)):
        began = time.process_time()
        with one_thread():
            figures = fit(training_set, config, split)
        spent[name] = time.process_time() - began
        columns = replace(figures, score_std=None)
        table.add_row(
            name,
            f"{spent[name]:.1f}",
            f"{columns.elite_auc:.3f}",
            f"{columns.eval_spearman:.3f}",
            f"{columns.negatives_auc:.3f}",
            f"{columns.held_out_loss:.3f}",
        )
    console.print(table)
    print_goals(
        [
            Goal("plain loop / aivj, CPU s", spent["plain loop"] / spent["aivj"], WANTED_RATIO),
            Goal(
                f"scoring {NUM_SCORED:,} pairs, CPU s",
                scoring_s(training_set, config),
                MOST_SCORING_S,
                is_floor=False,
            ),
        ]
    )


if __name__ == "__main__":
    main()
