"""Is the net any good? Net and baselines on families that none of them saw.

Families are dealt into folds; each fold is held out in turn, and the whole is repeated with other
seeds, which deal other folds and begin other fits. Figures of a seed are means over its folds, and
their spread over seeds is what a difference between two models is held against.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import torch

from aivj.contracts.comparison import Verdict
from aivj.contracts.evaluation import NET, Figure
from aivj.contracts.judgement import NetJudgement
from aivj.coupling.baselines import BASELINES, Fitter
from aivj.coupling.config import FitConfig
from aivj.coupling.early_stopping import choose_epochs
from aivj.coupling.fit import Fit
from aivj.coupling.held_out import HeldOut, HeldOutMetrics, PairScorer
from aivj.coupling.split import Split, fold_splits
from aivj.coupling.training_set import TrainingSet

TREES = "trees"
CONSTANT = "constant"
JUDGED = ("elite_auc", "elite_accuracy", "eval_spearman", "preference_accuracy")
"""Figures that decide whether the net is better: labels of people, and measurements."""

_TOLD_APART = 2.0
"""Standard errors that a mean difference over seeds must be away from 0."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Comparison:
    """How the net stands to another model in one figure.

    Attributes:
        metric: Name of the figure.
        difference: Net less the other, mean over seeds.
        standard_error: Of that mean; None where the seeds do not differ, or there is one alone:
            what never varied says nothing of how much it would.
        verdict: Whether they can be told apart.
    """

    metric: str
    difference: float
    standard_error: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Evaluation:
    """Figures of all models.

    Attributes:
        per_seed: For each model, a mean over folds for each seed.
        num_folds: Folds of each seed.
        num_labelled: Held-out labelled pairs in a seed, over all of its folds; of the seed that
            has the fewest.
        num_families: Families that they belong to, likewise.
    """

    per_seed: Mapping[str, Sequence[Mapping[str, float | None]]]
    num_folds: int
    num_labelled: int
    num_families: int

    @property
    def num_seeds(self) -> int:
        """How often everything was repeated."""
        return len(self.per_seed[NET])

    def figure(self, model: str, metric: str) -> Figure:
        """Returns one figure of one model."""
        return figure_over([of_seed[metric] for of_seed in self.per_seed[model]])

    @property
    def judgement(self) -> NetJudgement:
        """What may be claimed of the net."""
        return NetJudgement(
            num_pairs=self.num_labelled,
            num_families=self.num_families,
            net_loss=self.figure(NET, "held_out_loss").mean,
            constant_loss=self.figure(CONSTANT, "held_out_loss").mean,
        )

    def against(self, other: str) -> list[Comparison]:
        """Compares the net with another model, seed by seed, in each figure that is judged."""
        compared = []
        for metric in JUDGED:
            pairs = zip(self.per_seed[NET], self.per_seed[other], strict=True)
            known = [
                mine - theirs
                for mine, theirs in ((net[metric], rival[metric]) for net, rival in pairs)
                if mine is not None and theirs is not None
            ]
            if known:
                compared.append(_comparison(metric, known))
        return compared


def figure_over(values: Sequence[float | None]) -> Figure:
    """Summarises a value for each seed."""
    known = [value for value in values if value is not None]
    if not known:
        return Figure(mean=None, std=None)
    std = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return Figure(mean=float(np.mean(known)), std=std)


METRICS = tuple(field.name for field in fields(HeldOutMetrics))


def cross_validate(
    training_set: TrainingSet,
    config: FitConfig,
    *,
    device: torch.device,
    num_folds: int = 3,
    num_seeds: int = 5,
    on_fit: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Fits net and baselines to all folds of all seeds.

    Args:
        training_set: What to learn.
        config: How the net learns it; its seed is the first one.
        device: Where the net is fitted.
        num_folds: Parts that families are dealt into. With pairs drawn at random, 1 / folds^2 of
            them lie inside a held-out part, so few folds tell more.
        num_seeds: How often to repeat.
        on_fit: Told how many of how many fits are done.

    Raises:
        InputError: A fold leaves nothing to train on.
    """
    models: dict[str, Fitter] = {NET: _net_fitter(device), **BASELINES}
    num_fits = num_seeds * num_folds * len(models)
    num_done = 0
    counts: list[tuple[int, int]] = []
    per_seed: dict[str, list[dict[str, float | None]]] = {name: [] for name in models}
    for seed in range(config.seed, config.seed + num_seeds):
        seeded = config.model_copy(update={"seed": seed})
        splits = fold_splits(training_set, num_folds=num_folds, seed=seed)
        held_out = [HeldOut(training_set, split) for split in splits]
        families = frozenset[int]().union(*(part.families for part in held_out))
        counts.append((sum(part.num_labelled for part in held_out), len(families)))
        for name, fitter in models.items():
            figures = []
            for split, part in zip(splits, held_out, strict=True):
                figures.append(part.metrics(fitter(training_set, split, seeded)))
                num_done += 1
                if on_fit is not None:
                    on_fit(num_done, num_fits)
            per_seed[name].append(_mean_of(figures))
    num_labelled, num_families = min(counts)
    return Evaluation(per_seed, num_folds, num_labelled, num_families)


def _net_fitter(device: torch.device) -> Fitter:
    def fit(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
        if config.early_stopping:
            choice = choose_epochs(training_set, config, split=split, device=device)
            config = config.model_copy(update={"epochs": choice.epochs})
        running = Fit(training_set, config, device=device, split=split)
        running.run()
        return running.scorer

    return fit


def _mean_of(figures: Sequence[HeldOutMetrics]) -> dict[str, float | None]:
    rows = [asdict(figure) for figure in figures]
    return {metric: figure_over([row[metric] for row in rows]).mean for metric in METRICS}


def _comparison(metric: str, differences: Sequence[float]) -> Comparison:
    spread = figure_over(differences)
    mean = spread.mean or 0.0
    varied = spread.std is not None and spread.std > _ROUNDING
    error = (spread.std or 0.0) / math.sqrt(len(differences)) if varied else None
    verdict: Verdict
    if error is None or abs(mean) <= _TOLD_APART * error:
        verdict = "not to be told apart"
    else:
        verdict = "better" if mean > 0 else "worse"
    return Comparison(metric, mean, error, verdict)
