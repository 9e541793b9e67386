from dataclasses import replace

import numpy as np
import pytest

from aivj.coupling import Source, TrainingSet
from aivj.coupling.split import split_by_preset


def presets_of(training_set: TrainingSet, rows: np.ndarray) -> set[int]:
    return {*training_set.fg_index[rows].tolist(), *training_set.bg_index[rows].tolist()}


def test_no_preset_is_on_both_sides(learnable_set: TrainingSet) -> None:
    split = split_by_preset(learnable_set, share=0.2, seed=1)
    assert not presets_of(learnable_set, split.train) & presets_of(learnable_set, split.held_out)
    labelled = learnable_set.source != Source.NEGATIVE
    share = np.count_nonzero(split.held_out & labelled) / np.count_nonzero(labelled)
    assert share == pytest.approx(0.2, abs=0.01)
    assert np.count_nonzero(split.held_out & ~labelled) > 0


def test_split_does_not_depend_on_the_order_of_rows(learnable_set: TrainingSet) -> None:
    order = np.random.default_rng(0).permutation(len(learnable_set))
    names = ("fg_index", "bg_index", "target", "weight", "source", "elite_class")
    shuffled = replace(learnable_set, **{n: getattr(learnable_set, n)[order] for n in names})
    split = split_by_preset(learnable_set, share=0.2, seed=1)
    again = split_by_preset(shuffled, share=0.2, seed=1)
    assert (again.train == split.train[order]).all()
    assert (again.held_out == split.held_out[order]).all()
    assert shuffled.dataset_digest() == learnable_set.dataset_digest()


def test_another_seed_holds_out_other_pairs(learnable_set: TrainingSet) -> None:
    one, other = (split_by_preset(learnable_set, share=0.2, seed=seed) for seed in (1, 2))
    assert (one.held_out != other.held_out).any()


def test_pairs_that_share_a_preset_stay_together(learnable_set: TrainingSet) -> None:
    first_ten = np.arange(10)
    star = replace(
        learnable_set,
        fg_index=np.where(np.arange(len(learnable_set)) < 10, 0, learnable_set.fg_index),
    )
    for seed in range(8):
        split = split_by_preset(star, share=0.3, seed=seed)
        assert len(set(split.held_out[first_ten].tolist())) == 1


def test_nothing_is_held_out_of_pairs_that_all_hang_together(learnable_set: TrainingSet) -> None:
    star = replace(learnable_set, fg_index=np.zeros_like(learnable_set.fg_index))
    split = split_by_preset(star, share=0.2, seed=1)
    assert not split.held_out.any()
    assert split.train[star.source != Source.NEGATIVE].all()


def test_share_of_nothing_trains_on_everything(learnable_set: TrainingSet) -> None:
    split = split_by_preset(learnable_set, share=0.0, seed=1)
    assert split.train.all()
    assert not split.held_out.any()
