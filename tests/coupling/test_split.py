from dataclasses import replace

import numpy as np
import pytest

from aivj.coupling import Source, TrainingSet
from aivj.coupling.split import fold_splits, split_by_family
from aivj.coupling.training_set import Comparisons

ROWS = ("fg_index", "bg_index", "target", "source", "elite_class", "measured_luma")


def families_of(training_set: TrainingSet, rows: np.ndarray) -> set[int]:
    presets = np.concatenate([training_set.fg_index[rows], training_set.bg_index[rows]])
    return set(training_set.preset_families[presets].tolist())


def test_no_family_is_on_both_sides(learnable_set: TrainingSet) -> None:
    split = split_by_family(learnable_set, share=0.2, seed=1)
    assert not families_of(learnable_set, split.train) & families_of(learnable_set, split.held_out)
    labelled = learnable_set.source != Source.NEGATIVE
    # A pair of this set is a family, so that as many pairs as presets are held out.
    assert np.count_nonzero(split.held_out & labelled) == 240
    assert np.count_nonzero(split.train & labelled) == 960
    assert np.count_nonzero(split.held_out & ~labelled) > 0


def test_rows_between_the_sides_belong_to_neither(learnable_set: TrainingSet) -> None:
    split = split_by_family(learnable_set, share=0.5, seed=1)
    neither = ~split.train & ~split.held_out
    mixed = (
        split.held_out_presets[learnable_set.fg_index]
        != (split.held_out_presets[learnable_set.bg_index])
    )
    assert (neither == mixed).all()
    assert neither.any()


def test_split_does_not_depend_on_the_order_of_rows(learnable_set: TrainingSet) -> None:
    order = np.random.default_rng(0).permutation(len(learnable_set))
    shuffled = replace(learnable_set, **{n: getattr(learnable_set, n)[order] for n in ROWS})
    split = split_by_family(learnable_set, share=0.2, seed=1)
    again = split_by_family(shuffled, share=0.2, seed=1)
    assert (again.train == split.train[order]).all()
    assert (again.held_out == split.held_out[order]).all()
    assert shuffled.dataset_digest() == learnable_set.dataset_digest()


def test_split_does_not_depend_on_how_families_are_numbered(learnable_set: TrainingSet) -> None:
    renamed = replace(learnable_set, preset_families=5000 - learnable_set.preset_families)
    split, again = (split_by_family(s, share=0.2, seed=1) for s in (learnable_set, renamed))
    assert (again.held_out_presets == split.held_out_presets).all()


def test_another_seed_holds_out_other_pairs(learnable_set: TrainingSet) -> None:
    one, other = (split_by_family(learnable_set, share=0.2, seed=seed) for seed in (1, 2))
    assert (one.held_out != other.held_out).any()


def test_a_family_that_is_nearly_everything_is_not_held_out(learnable_set: TrainingSet) -> None:
    families = np.where(learnable_set.preset_families < 1000, 0, learnable_set.preset_families)
    for seed in range(4):
        split = split_by_family(
            replace(learnable_set, preset_families=families), share=0.1, seed=seed
        )
        assert np.count_nonzero(split.held_out_presets) == 240


def test_share_of_nothing_trains_on_everything(learnable_set: TrainingSet) -> None:
    split = split_by_family(learnable_set, share=0.0, seed=1)
    assert split.train.all()
    assert not split.held_out.any()


def test_each_family_is_held_out_in_one_fold(learnable_set: TrainingSet) -> None:
    splits = fold_splits(learnable_set, num_folds=3, seed=4)
    times = sum(split.held_out_presets.astype(int) for split in splits)
    assert (times == 1).all()
    sizes = [np.count_nonzero(split.held_out_presets) for split in splits]
    assert sizes == [pytest.approx(800, abs=2)] * 3
    for split in splits:
        assert not families_of(learnable_set, split.train) & families_of(
            learnable_set, split.held_out
        )


def test_a_comparison_is_held_out_if_all_of_its_presets_are(learnable_set: TrainingSet) -> None:
    split = split_by_family(learnable_set, share=0.5, seed=1)
    out = np.flatnonzero(split.held_out_presets)[:4].tolist()
    kept = np.flatnonzero(~split.held_out_presets)[:4].tolist()
    compared = Comparisons.of([(*out, False), (*kept, True), (*out[:2], *kept[:2], False)])
    again = split_by_family(replace(learnable_set, comparisons=compared), share=0.5, seed=1)
    assert again.held_out_comparisons.tolist() == [True, False, False]
    assert again.train_comparisons.tolist() == [False, True, False]
