from dataclasses import replace

import numpy as np
import pytest

from aivj.coupling import FitConfig, Source, TrainingSet
from aivj.coupling.baselines import BASELINES, row_weights
from aivj.coupling.held_out import HeldOut
from aivj.coupling.split import fold_splits

CONFIG = FitConfig(seed=2)


@pytest.fixture
def measured_set(learnable_set: TrainingSet) -> TrainingSet:
    """Brightness says what a measured pair is worth, as far as the rule goes."""
    measured = learnable_set.source == Source.EVAL
    luma = np.where(measured, 0.06 + 0.12 * learnable_set.target, np.nan).astype(np.float32)
    return replace(learnable_set, measured_luma=luma)


@pytest.fixture
def figures(measured_set: TrainingSet):
    split = fold_splits(measured_set, num_folds=3, seed=0)[0]
    held_out = HeldOut(measured_set, split)
    return {
        name: held_out.metrics(fitter(measured_set, split, CONFIG))
        for name, fitter in BASELINES.items()
    }


def test_each_baseline_knows_what_it_can_know(figures) -> None:
    assert figures["constant"].elite_auc == 0.5
    assert figures["constant"].eval_spearman is None
    assert figures["luma rule"].eval_spearman == pytest.approx(1)
    assert figures["luma rule"].elite_auc is None
    assert figures["luma rule"].negatives_auc is None
    assert figures["luma rule"].score_std is None
    # A product of two features decides, which the pair's features hold layer by layer alone.
    assert figures["trees"].elite_auc > 0.9
    assert figures["trees"].elite_auc > figures["logistic"].elite_auc


def test_a_missing_feature_is_taken_as_missing(measured_set: TrainingSet) -> None:
    features = measured_set.preset_features.copy()
    features[::7, 2] = np.nan
    gaps = replace(measured_set, preset_features=features)
    split = fold_splits(gaps, num_folds=3, seed=0)[0]
    for name in ("constant", "logistic", "trees"):
        scores = BASELINES[name](gaps, split, CONFIG)(gaps.fg_index[:50], gaps.bg_index[:50])
        assert np.isfinite(scores).all(), name
        assert ((scores >= 0) & (scores <= 1)).all(), name


def test_rows_count_as_the_net_draws_and_weighs_them(learnable_set: TrainingSet) -> None:
    rows = np.arange(len(learnable_set))
    weights = row_weights(learnable_set, rows, FitConfig(extra_eval_weight=0.4, neg_weight=0.1))
    sums = [weights[learnable_set.source == source].sum() for source in Source]
    assert np.array(sums) / sums[0] == pytest.approx([1, 0.4, 2 * 0.1])
    assert weights.mean() == pytest.approx(1)


def test_what_is_measured_is_told_to_all_that_are_fitted(told_set: TrainingSet) -> None:
    split = fold_splits(told_set, num_folds=3, seed=0)[0]
    held_out = HeldOut(told_set, split)
    blind = replace(told_set, preset_features=np.zeros_like(told_set.preset_features))
    aucs = {
        name: held_out.metrics(BASELINES[name](blind, split, CONFIG)).elite_auc
        for name in ("logistic", "trees", "target")
    }
    assert aucs["logistic"] > 0.9
    assert aucs["trees"] > 0.9
    assert aucs["target"] < 0.65
