"""Which weights and sizes serve best, judged by what the swept weights cannot game.

The weights of negatives and measured pairs decide what a fit makes small, so no loss that they
enter can judge them. The objective is the mean of the held-out figures that come from people and
measurements, each 0.5 by chance and 1 at best: elite AUC, (1 + Spearman) / 2 with the measured
targets, and how often the preferred pair is placed higher. Synthetic negatives, which no person
labelled, are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from aivj.coupling.config import FitConfig
from aivj.coupling.held_out import HeldOut, HeldOutMetrics
from aivj.coupling.population import Population
from aivj.coupling.split import fold_splits
from aivj.coupling.training_set import TrainingSet

SWEPT: dict[str, tuple[float, float, bool]] = {
    "neg_weight": (0.01, 1.0, True),
    "extra_eval_weight": (0.05, 2.0, True),
    "learning_rate": (2e-4, 5e-3, True),
    "dropout": (0.0, 0.5, False),
    "weight_decay": (1e-4, 1.0, True),
}
"""What members of a population differ in: least, most, and whether the scale is logarithmic."""

STRUCTURE: dict[str, tuple[int, ...]] = {
    "encoder_width": (8, 16, 32),
    "hidden_width": (16, 32),
    "epochs": (2, 4, 8),
}
"""What is searched outside: it changes a net's shape or how long all members are fitted."""

NUM_FOLDS = 3


@dataclass(frozen=True)
class SweepResult:
    """One configuration over all seeds.

    Attributes:
        config: The configuration; its seed is the first one.
        objective: Mean over seeds; None if nothing could be judged.
        spread: Standard deviation over seeds; 0 with one.
        metrics: Held-out figures, means over the seeds in which they could be said.
    """

    config: FitConfig
    objective: float | None
    spread: float
    metrics: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Returns plain values, which travel between processes."""
        return {**asdict(self), "config": self.config.model_dump()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SweepResult":
        """Reads what `as_dict` returned."""
        return cls(**{**values, "config": FitConfig(**values["config"])})


def ranked(results: Sequence[SweepResult]) -> list[SweepResult]:
    """Returns results by objective, the best one first; what could not be judged comes last."""

    def key(result: SweepResult) -> tuple[bool, float, str]:
        value = result.objective
        return value is None, 0.0 if value is None else -value, result.config.model_dump_json()

    return sorted(results, key=key)


def objective(figures: HeldOutMetrics) -> float | None:
    """Returns the mean of what can be said, each 0..1; None without any."""
    spearman = figures.eval_spearman
    known = [
        figures.elite_auc,
        None if spearman is None else (1 + spearman) / 2,
        figures.preference_accuracy,
    ]
    values = [value for value in known if value is not None]
    return sum(values) / len(values) if values else None


def draw_members(config: FitConfig, num_members: int, *, seed: int) -> list[FitConfig]:
    """Returns variants of `config` that cover `SWEPT` evenly (scrambled Sobol points)."""
    from scipy.stats import qmc

    power = max(0, num_members - 1).bit_length()
    points = qmc.Sobol(len(SWEPT), rng=np.random.default_rng(seed)).random_base2(power)
    return [
        config.model_copy(
            update={name: _at(name, share) for name, share in zip(SWEPT, point, strict=True)}
        )
        for point in points[:num_members].tolist()
    ]


def _at(name: str, share: float) -> float:
    least, most, is_log = SWEPT[name]
    return least * (most / least) ** share if is_log else least + (most - least) * share


def sweep_population(
    training_set: TrainingSet,
    configs: Sequence[FitConfig],
    *,
    num_seeds: int,
    device: torch.device | str,
    on_epoch: Callable[[], None] | None = None,
) -> list[SweepResult]:
    """Fits all configurations as one population for each seed, and judges them.

    A seed deals its own folds of families; the first one is held out.

    Raises:
        InputError: The configurations differ in their shape, or nothing is left to train on.
    """
    of_seed: list[list[HeldOutMetrics]] = []
    for seed in range(configs[0].seed, configs[0].seed + num_seeds):
        split = fold_splits(training_set, num_folds=NUM_FOLDS, seed=seed)[0]
        held_out = HeldOut(training_set, split)
        members = [config.model_copy(update={"seed": seed}) for config in configs]
        population = Population(training_set, members, split=split, device=device)
        population.run(None if on_epoch is None else lambda _: on_epoch())
        of_seed.append([held_out.metrics_of(row) for row in population.scores(*held_out.pairs)])
    return [
        _result(config, figures)
        for config, figures in zip(configs, zip(*of_seed, strict=True), strict=True)
    ]


def _result(config: FitConfig, figures: Sequence[HeldOutMetrics]) -> SweepResult:
    objectives = [value for value in map(objective, figures) if value is not None]
    metrics = {}
    for name in asdict(figures[0]):
        known = [getattr(row, name) for row in figures if getattr(row, name) is not None]
        if known:
            metrics[name] = float(np.mean(known))
    return SweepResult(
        config=config,
        objective=float(np.mean(objectives)) if objectives else None,
        spread=float(np.std(objectives)) if objectives else 0.0,
        metrics=metrics,
    )
