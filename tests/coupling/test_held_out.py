from dataclasses import replace

import numpy as np
import pytest

from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.baselines import fit_target
from aivj.coupling.held_out import HeldOut
from aivj.coupling.pair_inputs import PairInputs
from aivj.coupling.split import split_by_family
from aivj.coupling.training_set import Comparisons, IntArray


@pytest.fixture
def judged(learnable_set: TrainingSet) -> TrainingSet:
    """The set with comparisons of its pairs 0 to 599 with pairs 600 to 1199, every tenth a tie."""
    first, second = np.arange(600), np.arange(600, 1200)
    better = np.where(learnable_set.target[first] >= learnable_set.target[second], first, second)
    worse = np.where(better == first, second, first)
    fg, bg = learnable_set.fg_index, learnable_set.bg_index
    rows = zip(fg[better], bg[better], fg[worse], bg[worse], first % 10 == 0, strict=True)
    return replace(learnable_set, comparisons=Comparisons.of(list(rows)))


def truth(training_set: TrainingSet, sign: float = 1.0):
    known = {
        (fg, bg): target
        for fg, bg, target in zip(
            training_set.fg_index.tolist(),
            training_set.bg_index.tolist(),
            training_set.target.tolist(),
            strict=True,
        )
    }

    def score(fg_index: IntArray, bg_index: IntArray) -> np.ndarray:
        pairs = zip(fg_index.tolist(), bg_index.tolist(), strict=True)
        return np.array([0.5 + sign * (known[pair] - 0.5) for pair in pairs])

    return score


def test_the_truth_is_perfect_and_its_contrary_is_not(judged: TrainingSet) -> None:
    split = split_by_family(judged, share=0.5, seed=0)
    held_out = HeldOut(judged, split)
    right = held_out.metrics(truth(judged))
    assert (right.elite_auc, right.elite_accuracy, right.negatives_auc) == (1, 1, 1)
    assert right.eval_spearman == pytest.approx(1)
    assert right.calibration_error == pytest.approx(0, abs=1e-6)
    # Of the comparisons that are not ties, those of two equal pairs are decided by nothing.
    assert right.preference_accuracy > 0.7
    wrong = held_out.metrics(truth(judged, -1))
    assert (wrong.elite_auc, wrong.elite_accuracy) == (0, 0)
    assert wrong.preference_accuracy == pytest.approx(1 - right.preference_accuracy)
    assert wrong.held_out_loss > right.held_out_loss


def test_only_held_out_rows_decide(judged: TrainingSet) -> None:
    split = split_by_family(judged, share=0.3, seed=0)
    held_out = HeldOut(judged, split)
    lies = truth(judged, -1)

    def score(fg_index: IntArray, bg_index: IntArray) -> np.ndarray:
        out = split.held_out_presets[fg_index] & split.held_out_presets[bg_index]
        return np.where(out, truth(judged)(fg_index, bg_index), lies(fg_index, bg_index))

    told, right = held_out.metrics(score), held_out.metrics(truth(judged))
    assert replace(told, score_std=right.score_std) == right
    assert held_out.num_labelled == np.count_nonzero(split.held_out & (judged.source < 2))


def test_a_constant_says_nothing(judged: TrainingSet) -> None:
    held_out = HeldOut(judged, split_by_family(judged, share=0.3, seed=0))
    figures = held_out.metrics(lambda fg_index, _: np.full(len(fg_index), 0.5))
    assert (figures.elite_auc, figures.elite_accuracy, figures.preference_accuracy) == (0.5,) * 3
    assert figures.eval_spearman is None
    assert figures.score_std == 0


def test_a_measured_pair_that_is_told_judges_no_order(told_set: TrainingSet) -> None:
    split = split_by_family(told_set, share=0.5, seed=0)
    held_out = HeldOut(told_set, split)
    target = fit_target(told_set, split, FitConfig())

    told = held_out.metrics(target)

    assert held_out.num_labelled == np.count_nonzero(split.held_out & (told_set.source < 2))
    assert told.eval_spearman is None
    assert told.target_spearman == pytest.approx(1)
    assert told.elite_auc == pytest.approx(0.5, abs=0.1)


def test_a_measured_pair_that_is_not_told_does(told_set: TrainingSet) -> None:
    pairs = told_set.pair_inputs
    is_elite = told_set.source == 0
    fg, bg = told_set.fg_index[is_elite], told_set.bg_index[is_elite]
    partly = replace(told_set, pair_inputs=PairInputs.of_pairs(fg, bg, pairs.of(fg, bg)))
    split = split_by_family(partly, share=0.5, seed=0)
    held_out = HeldOut(partly, split)

    assert held_out.num_labelled == np.count_nonzero(split.held_out & (partly.source < 2))
    assert held_out.metrics(truth(partly)).eval_spearman == pytest.approx(1)
