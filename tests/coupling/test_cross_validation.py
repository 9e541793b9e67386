import pytest
import torch

from aivj.contracts.evaluation import Figure
from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.baselines import BASELINES
from aivj.coupling.cross_validation import METRICS, Evaluation, cross_validate, figure_over

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def evaluation(learnable_set: TrainingSet) -> Evaluation:
    config = FitConfig(epochs=6, early_stopping=False, learning_rate=3e-3, seed=1)
    return cross_validate(learnable_set, config, device=CPU, num_folds=2, num_seeds=2)


def test_net_and_baselines_are_judged_on_the_same_folds(evaluation: Evaluation) -> None:
    assert set(evaluation.per_seed) == {"net", *BASELINES}
    assert evaluation.num_seeds == 2
    assert evaluation.figure("net", "elite_auc").mean > 0.85
    assert evaluation.figure("net", "elite_auc").std > 0
    assert evaluation.figure("constant", "elite_auc") == Figure(mean=0.5, std=0.0)
    assert evaluation.figure("net", "preference_accuracy") == Figure(mean=None, std=None)
    # A pair of this set is a family, so that half of them lie in each of two folds.
    assert evaluation.num_labelled == 1200


def test_differences_say_whether_they_are_beyond_the_spread(evaluation: Evaluation) -> None:
    against = {row.metric: row for row in evaluation.against("constant")}
    assert set(against) == {"elite_auc", "elite_accuracy"}
    assert against["elite_auc"].verdict == "better"
    assert against["elite_auc"].difference == pytest.approx(
        evaluation.figure("net", "elite_auc").mean - 0.5
    )


def test_a_model_against_itself_cannot_be_told_apart(evaluation: Evaluation) -> None:
    for row in evaluation.against("net"):
        assert (row.difference, row.verdict) == (0, "not to be told apart")


def seeds(**losses: tuple[float, ...]) -> Evaluation:
    """An evaluation in which every figure of a model is what is given for each seed."""
    per_seed = {
        model: [dict.fromkeys(METRICS, value) for value in values]
        for model, values in losses.items()
    }
    return Evaluation(per_seed, num_folds=3, num_labelled=40, num_families=12)


@pytest.mark.parametrize("values", [(0.9,), (0.9, 0.9, 0.9)])
def test_what_never_varied_has_no_standard_error(values: tuple[float, ...]) -> None:
    evaluation = seeds(net=values, trees=tuple(0.5 for _ in values))
    for row in evaluation.against("trees"):
        assert row.standard_error is None
        assert row.verdict == "not to be told apart"


def test_a_single_seed_has_no_deviation() -> None:
    assert str(figure_over([0.25])) == "0.250"
    assert str(figure_over([0.25, 0.25])) == "0.250 ± 0.000"


def test_a_net_is_judged_beside_the_constant() -> None:
    judgement = seeds(net=(4.75, 4.85), constant=(0.9, 0.9)).judgement
    assert judgement.is_worse_than_constant
    assert "cross-entropy 4.800 against 0.900 on 40 held-out pairs" in judgement.sentence
