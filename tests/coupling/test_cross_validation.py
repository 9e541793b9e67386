import pytest
import torch

from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.baselines import BASELINES
from aivj.coupling.cross_validation import Evaluation, Figure, cross_validate

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
    assert evaluation.figure("constant", "elite_auc") == Figure(0.5, 0.0)
    assert evaluation.figure("net", "preference_accuracy") == Figure(None, None)
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
