from dataclasses import replace

import numpy as np
import pytest
import torch
from torch_devices import DEVICES

from aivj.coupling import EpochMetrics, FitConfig, Source, TrainingSet
from aivj.coupling.fit import Fit, fit
from aivj.coupling.split import split_by_family
from aivj.coupling.state import FitState, Fitted
from aivj.coupling.training_set import Comparisons

CPU = torch.device("cpu")
QUICK = FitConfig(epochs=3, hidden_width=16, seed=5)


def weights(fitted: Fitted) -> bytes:
    return b"".join(value.numpy().tobytes() for value in fitted.net.state_dict().values())


@pytest.mark.parametrize("device", DEVICES)
def test_a_learnable_task_is_learned_beyond_the_rows_seen(
    device: str, learnable_set: TrainingSet
) -> None:
    fitted = fit(learnable_set, FitConfig(epochs=10, seed=1), device=torch.device(device))
    last = fitted.history[-1]
    assert last.elite_auc is not None
    assert last.negatives_auc is not None
    assert last.eval_spearman is not None
    assert last.elite_auc > 0.9
    assert last.negatives_auc > 0.9
    assert last.eval_spearman > 0.7
    assert last.train_loss < 0.8 * fitted.history[0].train_loss


def test_labels_without_meaning_are_not_learned(learnable_set: TrainingSet) -> None:
    """Guards the held-out figures: a leak between the parts would show here."""
    rng = np.random.default_rng(0)
    order = np.arange(len(learnable_set))
    order[:1200:2] = rng.permutation(order[:1200:2])
    shuffled = replace(
        learnable_set,
        target=learnable_set.target[order],
        elite_class=learnable_set.elite_class[order],
    )
    elite_alone = FitConfig(epochs=6, seed=1, extra_eval_weight=0, neg_weight=0)
    fitted = fit(shuffled, elite_alone, device=CPU)
    assert fitted.history[-1].elite_auc == pytest.approx(0.5, abs=0.15)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    learnable_set: TrainingSet,
) -> None:
    torch.manual_seed(1)
    first = fit(learnable_set, QUICK, device=CPU)
    torch.manual_seed(2)
    second = fit(learnable_set, QUICK, device=CPU)
    other = fit(learnable_set, QUICK.model_copy(update={"seed": 6}), device=CPU)
    assert weights(first) == weights(second)
    assert first.history == second.history
    assert weights(other) != weights(first)


def test_a_fit_leaves_global_chance_and_threads_alone(learnable_set: TrainingSet) -> None:
    before, num_threads = torch.random.get_rng_state(), torch.get_num_threads()
    fit(learnable_set, QUICK, device=CPU)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.get_num_threads() == num_threads


def test_a_resumed_fit_ends_like_an_uninterrupted_one(learnable_set: TrainingSet) -> None:
    whole = fit(learnable_set, QUICK, device=CPU)
    interrupted = Fit(learnable_set, QUICK, device=CPU)
    interrupted.run_epoch()
    data = interrupted.state().to_bytes()
    interrupted.run_epoch()
    resumed = fit(learnable_set, QUICK, device=CPU, state=FitState.from_bytes(data))
    assert weights(resumed) == weights(whole)
    assert resumed.history == whole.history
    assert (whole.starts, resumed.starts) == ((0,), (0, 1))


def test_a_finished_state_is_not_trained_further(learnable_set: TrainingSet) -> None:
    whole = Fit(learnable_set, QUICK, device=CPU)
    for _ in range(QUICK.epochs):
        whole.run_epoch()
    reports: list[EpochMetrics] = []
    again = fit(learnable_set, QUICK, device=CPU, state=whole.state(), report=reports.append)
    assert reports == []
    assert len(again.history) == QUICK.epochs


def test_every_epoch_is_reported_in_order(learnable_set: TrainingSet) -> None:
    reports: list[EpochMetrics] = []
    fitted = fit(learnable_set, QUICK, device=CPU, report=reports.append)
    assert tuple(reports) == fitted.history
    assert [metrics.epoch for metrics in reports] == [1, 2, 3]


def test_what_cannot_be_computed_is_none(learnable_set: TrainingSet) -> None:
    config = QUICK.model_copy(update={"held_out_share": 0.0, "epochs": 1})
    (metrics,) = fit(learnable_set, config, device=CPU).history
    assert metrics.held_out_loss is None
    assert metrics.elite_auc is None
    assert metrics.eval_spearman is None
    assert metrics.negatives_auc is None
    assert metrics.score_std is not None


def keep_rows(training_set: TrainingSet, rows: np.ndarray) -> TrainingSet:
    names = ("fg_index", "bg_index", "target", "source", "elite_class", "measured_luma")
    return replace(training_set, **{name: getattr(training_set, name)[rows] for name in names})


def test_negatives_alone_give_no_deviation(learnable_set: TrainingSet) -> None:
    negatives = keep_rows(learnable_set, learnable_set.source == Source.NEGATIVE)
    (metrics,) = fit(negatives, QUICK.model_copy(update={"epochs": 1}), device=CPU).history
    assert metrics.score_std is None
    assert metrics.negatives_auc is None


@pytest.mark.parametrize("change", [{"dropout": 0.0}, {"dropout": 0.5}, {"weight_decay": 1.0}])
def test_options_reach_the_fit(learnable_set: TrainingSet, change: dict[str, float]) -> None:
    config = QUICK.model_copy(update={"epochs": 1})
    plain = fit(learnable_set, config, device=CPU)
    changed = fit(learnable_set, config.model_copy(update=change), device=CPU)
    assert weights(changed) != weights(plain)


def test_a_weight_of_zero_silences_a_source(learnable_set: TrainingSet) -> None:
    elite = learnable_set.source == Source.ELITE
    alone = QUICK.model_copy(update={"extra_eval_weight": 0.0, "neg_weight": 0.0})
    lying = replace(
        learnable_set, target=np.where(elite, learnable_set.target, 0.5).astype(np.float32)
    )
    said, unsaid = (fit(rows, alone, device=CPU) for rows in (learnable_set, lying))
    assert weights(said) == weights(unsaid)
    assert weights(fit(lying, QUICK, device=CPU)) != weights(fit(learnable_set, QUICK, device=CPU))


def compared(training_set: TrainingSet, *, num: int) -> TrainingSet:
    """Adds comparisons of good pairs with bad ones, and forgets all other labels."""
    labelled = training_set.source != Source.NEGATIVE
    good = np.flatnonzero(labelled & (training_set.target > 0.5))[:num]
    bad = np.flatnonzero(labelled & (training_set.target < 0.5))[:num]
    fg, bg = training_set.fg_index, training_set.bg_index
    rows = zip(fg[good], bg[good], fg[bad], bg[bad], np.zeros(num, dtype=np.bool_), strict=True)
    return replace(
        training_set,
        comparisons=Comparisons.of(list(rows)),
        target=np.full(len(training_set), 0.5, dtype=np.float32),
    )


def test_comparisons_alone_teach_what_is_better(learnable_set: TrainingSet) -> None:
    config = FitConfig(
        epochs=8, seed=1, preference_weight=1.0, extra_eval_weight=0.0, neg_weight=0.0
    )
    last = fit(compared(learnable_set, num=500), config, device=CPU).history[-1]
    assert last.preference_accuracy is not None
    assert last.preference_accuracy > 0.9
    silent = config.model_copy(update={"preference_weight": 0.0})
    unheard = fit(compared(learnable_set, num=500), silent, device=CPU).history[-1]
    assert unheard.preference_accuracy == pytest.approx(0.5, abs=0.2)


def test_held_out_presets_are_named_by_content(learnable_set: TrainingSet) -> None:
    fitted = fit(learnable_set, QUICK.model_copy(update={"epochs": 1}), device=CPU)
    split = split_by_family(learnable_set, share=QUICK.held_out_share, seed=QUICK.seed)
    out = {learnable_set.preset_hashes[row] for row in np.flatnonzero(split.held_out_presets)}
    assert set(fitted.held_out_presets) == out
