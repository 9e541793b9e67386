"""How long to fit: until families that the fit does not see stop getting better.

A small pack is learned by heart in a hundred steps. So a first fit keeps some of the training
families apart and watches its own objective on them; the fit that counts then sees all of them and
runs for as many epochs as served the first one best. Held-out families take no part in it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from aivj.coupling.baselines import row_weights
from aivj.coupling.config import FitConfig
from aivj.coupling.fit import Fit
from aivj.coupling.held_out import PairScorer
from aivj.coupling.history import WatchedEpoch
from aivj.coupling.metrics import cross_entropies
from aivj.coupling.split import Split, split_by_family
from aivj.coupling.training_set import IntArray, Source, TrainingSet

VALIDATION_SHARE = 0.2
PATIENCE = 4
"""Epochs without a better one after which the first fit ends."""

_FEWEST_LABELLED = 10


@dataclass(frozen=True)
class EpochChoice:
    """How long to fit, and why.

    Attributes:
        epochs: For how many epochs, `config.epochs` at most.
        watched: What the watched fit did, to its end; empty where there were too few labelled
            pairs to judge by.
    """

    epochs: int
    watched: tuple[WatchedEpoch, ...] = ()


def choose_epochs(
    training_set: TrainingSet,
    config: FitConfig,
    *,
    split: Split,
    device: torch.device | str,
    on_epoch: Callable[[WatchedEpoch], None] | None = None,
) -> EpochChoice:
    """Watches a fit and returns the number of epochs to fit for, with its whole curve.

    Where there are too few labelled pairs to judge by, that is `config.epochs`.

    Raises:
        InputError: There is no row to train on.
    """
    inner = _without_validation(training_set, split, seed=config.seed)
    rows = (split.train & ~inner.train).nonzero()[0]
    num_labelled = np.count_nonzero(training_set.source[rows] != Source.NEGATIVE)
    if num_labelled < _FEWEST_LABELLED or not _has_labelled(training_set, inner):
        return EpochChoice(config.epochs)
    fit = Fit(training_set, config, device=device, split=inner)
    watched: list[WatchedEpoch] = []
    best = 0
    while len(watched) < config.epochs and len(watched) - best <= PATIENCE:
        metrics = fit.run_epoch()
        loss = _objective(training_set, rows, config, fit.scorer)
        watched.append(WatchedEpoch(**asdict(metrics), validation_loss=loss))
        best = int(np.argmin([epoch.validation_loss for epoch in watched]))
        if on_epoch is not None:
            on_epoch(watched[-1])
    return EpochChoice(best + 1, tuple(watched))


def _without_validation(training_set: TrainingSet, split: Split, *, seed: int) -> Split:
    """Returns a split that also keeps from training what touches a validation family."""
    other = split_by_family(training_set, share=VALIDATION_SHARE, seed=seed + 1)
    return replace(
        split,
        train=split.train & other.train,
        train_comparisons=split.train_comparisons & other.train_comparisons,
        held_out_presets=split.held_out_presets | other.held_out_presets,
    )


def _has_labelled(training_set: TrainingSet, split: Split) -> bool:
    return bool((split.train & (training_set.source != Source.NEGATIVE)).any())


def _objective(
    training_set: TrainingSet, rows: IntArray, config: FitConfig, score: PairScorer
) -> float:
    """Returns the loss that the fit makes small, on rows that it does not see."""
    scores = score(training_set.fg_index[rows], training_set.bg_index[rows])
    losses = cross_entropies(scores, training_set.target[rows])
    return float(np.average(losses, weights=row_weights(training_set, rows, config)))
