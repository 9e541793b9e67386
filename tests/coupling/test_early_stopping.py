from dataclasses import replace

import numpy as np

from aivj.coupling import FitConfig, Source, TrainingSet
from aivj.coupling.early_stopping import PATIENCE, choose_epochs
from aivj.coupling.history import WatchedEpoch
from aivj.coupling.split import split_by_family

CONFIG = FitConfig(epochs=12, learning_rate=5e-3, hidden_width=32, encoder_width=32, seed=1)


def chosen(training_set: TrainingSet, config: FitConfig = CONFIG) -> int:
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    return choose_epochs(training_set, config, split=split, device="cpu").epochs


def test_what_can_be_learned_is_learned_for_longer_than_noise(learnable_set: TrainingSet) -> None:
    rng = np.random.default_rng(0)
    noise = replace(learnable_set, target=rng.permutation(learnable_set.target))
    assert chosen(learnable_set) > 2 * chosen(noise)


def test_the_curve_goes_on_behind_the_chosen_epoch(learnable_set: TrainingSet) -> None:
    rng = np.random.default_rng(0)
    noise = replace(learnable_set, target=rng.permutation(learnable_set.target))
    split = split_by_family(noise, share=CONFIG.held_out_share, seed=CONFIG.seed)
    told: list[WatchedEpoch] = []
    choice = choose_epochs(noise, CONFIG, split=split, device="cpu", on_epoch=told.append)
    losses = [epoch.validation_loss for epoch in choice.watched]
    assert choice.watched == tuple(told)
    assert losses[choice.epochs - 1] == min(losses)
    assert len(losses) == choice.epochs + PATIENCE


def test_what_is_held_out_has_no_say(learnable_set: TrainingSet) -> None:
    split = split_by_family(learnable_set, share=CONFIG.held_out_share, seed=CONFIG.seed)
    lies = np.where(split.train, learnable_set.target, 1 - learnable_set.target)
    lying = replace(learnable_set, target=lies.astype(np.float32))
    assert chosen(lying) == chosen(learnable_set)


def test_too_few_labels_choose_nothing(learnable_set: TrainingSet) -> None:
    few = np.flatnonzero(
        (learnable_set.source == Source.NEGATIVE) | (np.arange(4200)[: len(learnable_set)] < 5)
    )
    names = ("fg_index", "bg_index", "target", "source", "elite_class", "measured_luma")
    small = replace(learnable_set, **{name: getattr(learnable_set, name)[few] for name in names})
    assert chosen(small) == CONFIG.epochs
