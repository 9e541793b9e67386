"""Figures of a net on the rows it was not trained on."""

import numpy as np
import torch

from aivj.coupling.history import EpochMetrics
from aivj.coupling.metrics import Numbers, auc, spearman
from aivj.coupling.net import CouplingNet, predict01
from aivj.coupling.split import Split
from aivj.coupling.training_set import EliteClass, Source, TrainingSet

GOOD_TARGET = 0.5
_LEAST_PROBABILITY = 1e-7


class Evaluation:
    """Scores the held-out and the labelled rows of one training set, epoch after epoch."""

    def __init__(
        self, training_set: TrainingSet, split: Split, presets: torch.Tensor, device: torch.device
    ) -> None:
        labelled = training_set.source != Source.NEGATIVE
        rows = (split.held_out | labelled).nonzero()[0]
        self._presets = presets
        self._fg = torch.from_numpy(training_set.fg_index[rows]).to(device)
        self._bg = torch.from_numpy(training_set.bg_index[rows]).to(device)
        self._held_out = split.held_out[rows]
        self._source = training_set.source[rows]
        self._elite_class = training_set.elite_class[rows]
        self._target = training_set.target[rows].astype(np.float64)
        self._weight = training_set.weight[rows].astype(np.float64)

    def measure(self, net: CouplingNet, *, epoch: int, train_loss: float) -> EpochMetrics:
        """Returns the figures of `net` as it stands."""
        scores = predict01(net, self._presets, self._fg, self._bg).cpu().numpy().astype(np.float64)
        held_out, source = self._held_out, self._source
        labelled = source != Source.NEGATIVE
        measured = held_out & (source == Source.EVAL)
        return EpochMetrics(
            epoch=epoch,
            train_loss=train_loss,
            held_out_loss=self._held_out_loss(scores),
            elite_auc=auc(
                scores[held_out & (self._elite_class == EliteClass.POSITIVE)],
                scores[held_out & (self._elite_class == EliteClass.NEGATIVE)],
            ),
            eval_spearman=spearman(scores[measured], self._target[measured]),
            negatives_auc=auc(
                scores[held_out & labelled & (self._target >= GOOD_TARGET)],
                scores[held_out & ~labelled],
            ),
            score_std=float(scores[labelled].std()) if np.count_nonzero(labelled) > 1 else None,
        )

    def _held_out_loss(self, scores: Numbers) -> float | None:
        if not self._held_out.any():
            return None
        target, weight = self._target[self._held_out], self._weight[self._held_out]
        score = scores[self._held_out].clip(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        loss = -(target * np.log(score) + (1 - target) * np.log1p(-score))
        return float((weight * loss).mean())
